import { Runtime, Worker } from '@temporalio/worker'
import { readHistory } from '../../worker/replay/read-history.ts'
import { SILENT_RUNTIME } from '../../worker/replay/silent-runtime.ts'
import { workflowBundlePath } from '../../worker/workflow-bundle.ts'
import { peakMebibytes } from '../transfers/peak-memory.ts'

/** What the bare replayer says to whoever measures it. */
export interface BareReplay {
  perSecond: number
  mebibytes: number | null
}

const paths = process.argv.slice(3)
const times = Number(process.argv[2])

async function* histories() {
  for (let turn = 0; turn < times; turn += 1)
    for (const [index, path] of paths.entries())
      yield { workflowId: `replayed/${turn}/${index}`, history: await readHistory(path) }
}

// The SDK's own replayer as its documentation shows it: one history after another, in one process.
Runtime.install(SILENT_RUNTIME)
const workflowBundle = { codePath: await workflowBundlePath() }
const begun = performance.now()
let count = 0
for await (const { error } of Worker.runReplayHistories({ workflowBundle }, histories())) {
  if (error) throw error
  count += 1
}
const said: BareReplay = {
  perSecond: (count * 1_000) / (performance.now() - begun),
  mebibytes: peakMebibytes(),
}
process.send?.(said, () => process.disconnect())
