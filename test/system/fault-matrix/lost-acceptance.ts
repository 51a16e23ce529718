import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { basename } from 'node:path'
import { loseReply } from '../../../sandbox/faults/builders.ts'
import type { RunningGateway } from '../../gateway/support/gateway-environment.ts'
import { answerOf, removalForm, runHere } from '../../gateway/support/gateway-environment.ts'
import { STRICTEST } from './modes.ts'
import type { Outcome } from './outcome.ts'
import { play } from './play.ts'
import type { Scenario } from './scenario.ts'
import { served } from './scenario.ts'
import type { Stack } from './stack.ts'

/** What is asked for over HTTP, where the response that accepts it never arrives. */
export const LOST_ACCEPTANCES: Scenario[] = [
  served('the 202 of the gateway is lost', []),
  served('the 202 of the gateway is lost, and the reply to the start', [loseReply('start')]),
]

/** Two replicas of the gateway, and a way to the first on which every response is lost. */
export interface Counter {
  lossyUrl: string
  gateways: readonly RunningGateway[]
  close(): Promise<void>
}

export async function openCounter({ environment }: Pick<Stack, 'environment'>): Promise<Counter> {
  const run = () =>
    runHere({
      databaseUrl: environment['DATABASE_URL'] ?? '',
      temporalAddress: environment['TEMPORAL_ADDRESS'] ?? '',
      variables: environment,
    })
  const gateways = await Promise.all([run(), run()])
  const port = Number(new URL(gateways[0].url).port)
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    client.on('error', () => {}).pipe(upstream)
    // By its first byte the gateway has done what it tells of.
    upstream.on('error', () => {}).on('data', () => client.destroy())
    client.on('close', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    lossyUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    gateways,
    async close() {
      await new Promise((resolve) => server.close(resolve))
      await Promise.all(gateways.map((gateway) => gateway.close()))
    },
  }
}

/** Asks once in vain and then at both replicas at the same moment, always by one key; whatever is accepted is one removal. */
export function playUnheard(row: Scenario, stack: Stack, { lossyUrl, gateways }: Counter): Promise<Outcome> {
  return play(row, {
    mode: STRICTEST,
    operator: () => 'never',
    stack,
    async begin({ source, project }) {
      const bytes = await readFile(source)
      const host = { host: new URL(gateways[0]?.url ?? '').host }
      const ask = (url: string, headers: Record<string, string> = {}) =>
        fetch(`${url}/v1/removals`, {
          method: 'POST',
          headers: { 'idempotency-key': project, ...headers },
          body: removalForm(bytes, { project, reference: row.name }, basename(source)),
        })
      const first = await ask(lossyUrl, host).then(
        ({ status }) => status,
        () => 'lost',
      )
      if (first !== 'lost') throw new Error(`the first response arrived: ${first}`)
      const answers = await Promise.all(gateways.map(async ({ url }) => answerOf(await ask(url))))
      const ids = new Set(answers.filter(({ status }) => status === 202).map(({ body }) => body.id))
      const [id] = ids
      if (ids.size !== 1 || id === undefined)
        throw new Error(`expected one removal: ${JSON.stringify(answers)}`)
      return id
    },
  })
}
