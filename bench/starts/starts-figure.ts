import { fileURLToPath } from 'node:url'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { workflowBundlePath } from '../../worker/workflow-bundle.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { median } from '../percentile.ts'
import { runTimed } from '../run-timed.ts'

const COMMAND = fileURLToPath(new URL('../../cli/matteflow.js', import.meta.url))
const WORKER = fileURLToPath(new URL('./worker-start-process.ts', import.meta.url))
const RUNS = { quick: 2, full: 7 } as const

/** What a person waits for: the command line's help, and a worker that polls; both beside a bare Node. */
export async function startsFigure({ quick, progress }: BenchContext): Promise<BenchRow[]> {
  const runs = quick ? RUNS.quick : RUNS.full
  await workflowBundlePath()
  const temporal = await startTemporalServer('dev')
  try {
    const bare: number[] = []
    const help: number[] = []
    const worker: number[] = []
    const arguments_ = [WORKER, temporal.address, temporal.namespace ?? 'default']
    for (let run = 0; run <= runs; run += 1) {
      progress(`start ${run} of ${runs}`)
      const [nothing, helped, polled] = [
        await runTimed(process.execPath, ['-e', '0']),
        await runTimed(process.execPath, [COMMAND, '--help']),
        await runTimed(process.execPath, arguments_),
      ]
      // The first of each fills the caches of the disk and of Node's compiler.
      if (run === 0) continue
      bare.push(nothing.seconds)
      help.push(helped.seconds)
      worker.push(Number(polled.stdout))
    }
    const beside = { what: 'node -e 0', value: median(bare) }
    return [
      row({ figure: 'command line --help', value: median(help), unit: 's', beside }),
      row({
        figure: 'worker start to ready, prebuilt bundle',
        value: median(worker),
        unit: 's',
        beside,
        note: 'from the process start until three workers stand connected',
      }),
    ]
  } finally {
    await temporal.teardown()
  }
}
