import { NativeConnection } from '@temporalio/worker'
import type { ActivityDependencies } from '../../activities/index.ts'
import { DEFAULT_POLICY_SETTINGS } from '../../domain/policies.ts'
import { createWorkers } from '../../worker/create-workers.ts'

// A worker process up to the moment in which it would poll; of the dependencies, only the settings are read before that.
const [address = '', namespace = ''] = process.argv.slice(2)
const connection = await NativeConnection.connect({ address })
const dependencies = { settings: DEFAULT_POLICY_SETTINGS } as ActivityDependencies
const workers = await createWorkers(connection, namespace, dependencies)
console.log(performance.now() / 1_000)
const running = workers.map((worker) => worker.run())
for (const worker of workers) worker.shutdown()
await Promise.all(running)
await connection.close()
