import type { Client } from '@temporalio/client'
import pino from 'pino'
import { configFrom } from '../../adapters/environment/config.ts'
import { runGateway } from '../../gateway/run-gateway.ts'

/** Runs a real gateway in this process, on any free port and without a log. */
export async function runBenchGateway(
  client: Client,
  databaseUrl: string,
  variables: Record<string, string>,
): Promise<{ url: string; close(): Promise<void> }> {
  const stopping = new AbortController()
  const { promise: listening, resolve, reject } = Promise.withResolvers<string>()
  const running = runGateway(configFrom({ GATEWAY_PORT: '0', ...variables }), {
    ...{ client, databaseUrl, temporalUiUrl: null, version: '0.0.0' },
    ...{ onListening: resolve, log: pino({ level: 'silent' }), signal: stopping.signal },
  })
  running.catch(reject)
  return {
    url: await listening,
    async close() {
      stopping.abort()
      await running
    },
  }
}
