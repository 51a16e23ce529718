import { text } from 'node:stream/consumers'
import type { VendorExchange } from '../../adapters/removebgvideo/call/vendor-call.ts'
import type { Storage } from '../../adapters/storage/storage.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { plainTable } from '../terminal/plain-table.ts'
import { readId, readNumber } from '../terminal/read-arguments.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface ExchangesFlags {
  last?: string
  json?: boolean
}

const SHOWN_ANSWER = 160

/** Prints what the storage keeps of the vendor calls of a removal. */
export async function runExchanges(
  terminal: Terminal,
  id: string,
  { last, json }: ExchangesFlags,
): Promise<number> {
  readId(id)
  const most = last === undefined ? Number.POSITIVE_INFINITY : readNumber('--last', last, { least: 1 })
  return withRemovals(terminal, {}, async ({ removals, access }) => {
    // A removal that nobody knows is an error of its own; one that joined another shows that one's calls.
    const { id: followed } = await removals.status(id)
    const exchanges = await keptExchanges(followed, most, access.storage)
    if (json) terminal.json(exchanges)
    else if (exchanges.length === 0) terminal.say(`no exchange of ${followed} is kept`)
    else terminal.result(exchangeTable(exchanges))
    return 0
  })
}

async function keptExchanges(id: string, most: number, storage: Storage): Promise<VendorExchange[]> {
  const keys: string[] = []
  for await (const key of storage.list(`exchanges/${id}`)) keys.push(key)
  // Names begin with the time.
  const wanted = keys.sort().slice(-Math.min(most, keys.length))
  const read = async (key: string): Promise<VendorExchange> =>
    JSON.parse(await text(await storage.read(key))) as VendorExchange
  const exchanges: VendorExchange[] = []
  for (const key of wanted) exchanges.push(await read(key))
  return exchanges
}

function exchangeTable(exchanges: readonly VendorExchange[]): string {
  const rows = exchanges.map(({ at, operation, status, durationMs, error, responseBody }) => [
    at,
    operation,
    status === null ? 'no answer' : String(status),
    Math.round(durationMs),
    (error ?? responseBody ?? '').replaceAll(/\s+/g, ' ').slice(0, SHOWN_ANSWER),
  ])
  return plainTable(['at', 'call', 'status', 'ms', 'what it said'], rows)
}
