import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TapedExchange } from './bundle.schema.ts'

/** What a vendor that only plays tapes is playing. */
interface PlayedTape {
  exchanges: readonly TapedExchange[]
  /** False where the output could no longer be fetched. */
  hasOutput: boolean
  /** Hears of each call that is answered, before it is. */
  onCall(operation: string, answered: number): Promise<void>
}

export interface TapeVendor {
  url: string
  /** From now on; what was played before is forgotten. */
  play(tape: PlayedTape): void
  close(): Promise<void>
}

/** Each moves the job on: polls are timed from the last of them. */
const DEEDS: readonly string[] = ['createDraft', 'startJob']
const OUTPUT_PATH = '/tape-output'
/** Of the answers that were kept, what a client goes by. */
const ANSWERED_HEADERS = ['content-type', 'retry-after', 'x-request-id']
const ROUTES: [operation: string, route: RegExp][] = [
  ['upload', /^POST \/v1\/uploads$/],
  ['createDraft', /^POST \/v1\/jobs$/],
  ['startJob', /^POST \/v1\/jobs\/[^/]+\/start$/],
  ['getJob', /^GET \/v1\/jobs\/[^/]+$/],
  ['legacyDownload', /^GET \/api\/download\/[^/]+$/],
  ['pricing', /^GET \/.*pric/],
]

/**
 * A vendor that answers over HTTP what another one answered before. Calls that change something get their answers in
 * order; a status check gets what one at that time after the last change got. Where the tape is over, its last answer
 * is given again, so that a build that asks more is counted and not stopped.
 */
export async function startTapeVendor(nowMs: () => number | Promise<number>): Promise<TapeVendor> {
  let player: ReturnType<typeof createPlayer> | null = null
  const server = createServer((request, response) => {
    // A client that has gone away takes nothing with it.
    respond(request, response).catch(() => response.destroy())
  })
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://tape')
    for await (const chunk of request) void chunk
    const taped = player
    if (taped === null || request.method === undefined) return void response.writeHead(503).end()
    if (pathname.startsWith(OUTPUT_PATH)) {
      if (taped.hasOutput) response.writeHead(200, { 'content-type': 'application/octet-stream' }).end('tape')
      else response.writeHead(404).end()
      return
    }
    const exchange = await taped.next(`${request.method} ${pathname}`, pathname)
    if (exchange === null) return void response.writeHead(404).end()
    // No answer came: whether the call was cut off or timed out, it is in doubt alike.
    if (exchange.status === null) return void request.socket.destroy()
    const headers = Object.entries(exchange.responseHeaders).filter(([name]) =>
      ANSWERED_HEADERS.includes(name),
    )
    response
      .writeHead(exchange.status, Object.fromEntries(headers))
      .end(withOutputHere(exchange.responseBody ?? '', `${urlOf(server.address())}${OUTPUT_PATH}`))
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: urlOf(server.address()),
    play(tape) {
      player = createPlayer(tape, nowMs)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function createPlayer({ exchanges, hasOutput, onCall }: PlayedTape, nowMs: () => number | Promise<number>) {
  const given = new Map<string, number>()
  let deeds = 0
  let deedAtMs: number | null = null
  const inOrder = (operation: string): TapedExchange | null => {
    const own = exchanges.filter((exchange) => exchange.operation === operation)
    const count = given.get(operation) ?? 0
    given.set(operation, count + 1)
    return own[Math.min(count, own.length - 1)] ?? null
  }
  const statusCheck = async (path: string): Promise<TapedExchange | null> => {
    const elapsedMs = (await nowMs()) - (deedAtMs ?? (await nowMs()))
    let seen = 0
    let since = Date.parse(exchanges[0]?.at ?? '')
    const checks: { exchange: TapedExchange; deeds: number; elapsedMs: number }[] = []
    for (const exchange of exchanges) {
      if (DEEDS.includes(exchange.operation)) {
        seen += 1
        since = Date.parse(exchange.at)
      } else if (exchange.operation === 'getJob' && new URL(exchange.url).pathname === path)
        checks.push({ exchange, deeds: seen, elapsedMs: Date.parse(exchange.at) - since })
    }
    const due = checks.filter((at) => at.deeds === Math.min(deeds, seen))
    const candidates = due.length > 0 ? due : checks.filter((at) => at.deeds < deeds).slice(-1)
    const nearest = candidates.toSorted(
      (left, right) => Math.abs(left.elapsedMs - elapsedMs) - Math.abs(right.elapsedMs - elapsedMs),
    )[0]
    return nearest?.exchange ?? checks[0]?.exchange ?? null
  }
  return {
    hasOutput,
    async next(call: string, path: string): Promise<TapedExchange | null> {
      const operation = ROUTES.find(([, route]) => route.test(call))?.[0]
      if (operation === undefined) return null
      const exchange = operation === 'getJob' ? await statusCheck(path) : inOrder(operation)
      if (DEEDS.includes(operation)) {
        deeds += 1
        deedAtMs = await nowMs()
      }
      await onCall(operation, exchange === null ? -1 : exchanges.indexOf(exchange))
      return exchange
    },
  }
}

/** Outputs are fetched from here, where there are some bytes that stand for them. */
function withOutputHere(body: string, url: string): string {
  return body.replaceAll(/("(?:output_url|download_url)"\s*:\s*)"(?:[^"\\]|\\.)+"/g, `$1"${url}"`)
}

function urlOf(address: ReturnType<ReturnType<typeof createServer>['address']>): string {
  return `http://127.0.0.1:${(address as AddressInfo).port}`
}
