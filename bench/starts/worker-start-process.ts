import { NativeConnection } from '@temporalio/worker'
import type { ActivityDependencies } from '../../activities/index.ts'
import { createWorkers } from '../../worker/create-workers.ts'

// A worker process up to the moment in which it would poll; nothing in the dependencies is called before that.
const [address = '', namespace = ''] = process.argv.slice(2)
const connection = await NativeConnection.connect({ address })
const workers = await createWorkers(connection, namespace, {} as ActivityDependencies)
console.log(performance.now() / 1_000)
const running = workers.map((worker) => worker.run())
for (const worker of workers) worker.shutdown()
await Promise.all(running)
await connection.close()
