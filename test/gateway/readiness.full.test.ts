import { connect, createServer } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { freePort } from '../../testing/postgres-server.ts'
import { answerOf, runHere, startGatewayEnvironment } from './support/gateway-environment.ts'

it('a gateway that starts while Temporal is down says what is missing, and is ready once it is up', async () => {
  const env = await startGatewayEnvironment()
  onTestFinished(() => env.close())
  const port = await freePort()
  const gateway = await runHere({
    databaseUrl: env.databaseUrl,
    temporalAddress: `127.0.0.1:${port}`,
    variables: { HOME: env.folder, STORAGE_URL: env.storageUrl },
  })
  onTestFinished(() => gateway.close())
  const ask = async (path: string) => answerOf(await fetch(`${gateway.url}${path}`))

  expect(await ask('/readyz')).toMatchObject({
    status: 503,
    body: { temporal: 'unreachable', ledger: 'ok', storage: 'ok' },
  })
  expect((await ask('/healthz')).status).toBe(200)
  expect(await ask('/v1/removals/rm_1')).toMatchObject({ status: 503, body: { kind: 'PlatformUnavailable' } })

  // From now on somebody listens at its address.
  const [host = '', temporalPort = ''] = env.temporal.address.split(':')
  const door = createServer((client) => {
    const server = connect(Number(temporalPort), host)
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const)
      from
        .on('error', () => to.destroy())
        .on('close', () => to.destroy())
        .pipe(to)
  })
  onTestFinished(() => void door.close())
  await new Promise<void>((resolve) => door.listen(port, '127.0.0.1', resolve))
  await vi.waitFor(async () => expect((await ask('/readyz')).status).toBe(200), {
    timeout: 60_000,
    interval: 200,
  })
  expect(await ask('/v1/removals/rm_1')).toMatchObject({ status: 404, body: { kind: 'NotFound' } })
}, 120_000)
