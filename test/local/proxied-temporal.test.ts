import { expect, it, onTestFinished, vi } from 'vitest'
import { connectTemporal } from '../../local/temporal/connect-temporal.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'

it('reaches a Temporal server on this machine although the environment names a proxy', async () => {
  for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'])
    vi.stubEnv(name, 'http://127.0.0.1:9')
  onTestFinished(() => void vi.unstubAllEnvs())
  const server = await startTemporalServer('dev')
  onTestFinished(() => server.teardown())
  // The test environment sets this for itself; a command of ours must not need it.
  vi.stubEnv('no_grpc_proxy', '')
  const { port } = new URL(`http://${server.connection.options.address}`)

  for (const host of ['127.0.0.1', 'localhost']) {
    const target = { address: `${host}:${port}`, connection: {} }
    const connection = await connectTemporal(target, { patienceMs: 0 })
    expect((await connection.workflowService.getSystemInfo({})).serverVersion).toBeTruthy()
    await connection.close()
  }
}, 60_000)
