import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { ensureTemporalServer } from '#tools'
import { temporalArguments } from '../../../local/stack/stack-plan.ts'
import { freePort } from '../../../testing/postgres-server.ts'
import type { Mortal } from './mortal.ts'
import { startMortal } from './mortal.ts'
import { until } from './until.ts'

/** A Temporal server in a process of its own, with its histories in a file. */
export interface TemporalProcess extends Mortal {
  address: string
  client: Client
  /** Starts it again on the same ports and file. Resolves when it serves. */
  revive(): Promise<void>
}

export async function startTemporalProcess(folder: string): Promise<TemporalProcess> {
  const [temporal, ui, temporalHttp, temporalMetrics] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ])
  const ports = { temporal, ui, temporalHttp, temporalMetrics }
  const args = temporalArguments({ databaseFile: join(folder, 'temporal.db'), ports })
  const command = await ensureTemporalServer()
  const address = `127.0.0.1:${temporal}`
  const connection = Connection.lazy({ address })
  const start = async (): Promise<Mortal> => {
    const started = await startMortal({ command, args })
    await until(() =>
      connection.workflowService.describeNamespace({ namespace: 'default' }).then(
        () => true,
        () => false,
      ),
    )
    return started
  }
  let server = await start()
  return {
    address,
    client: new Client({ connection }),
    isAlive: () => server.isAlive(),
    kill: () => server.kill(),
    async revive() {
      server = await start()
    },
    async stop() {
      await connection.close()
      await server.kill()
      return null
    },
  }
}
