import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readBundle } from '../../testing/tapes/read-bundle.ts'
import { createTapePlayer } from '../../testing/tapes/tape-player.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { replayInProcesses } from '../../worker/replay/replay-in-processes.ts'
import { peakOfChildren } from '../cut-outs/peak-of-children.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import type { BareReplay } from './bare-replay-process.ts'

const ROOT = join(import.meta.dirname, '../..')
const HISTORIES = join(ROOT, 'test/histories/unreleased')
const TAPES = join(ROOT, 'test/tapes/recorded')
const BARE = fileURLToPath(new URL('./bare-replay-process.ts', import.meta.url))
/** How often the whole corpus is replayed. */
const TIMES = { quick: 1, full: 15 } as const

/** How many histories and tapes a gate gets through, and what it holds in memory. */
export async function replayFigure({ quick, progress }: BenchContext): Promise<BenchRow[]> {
  const times = TIMES[quick ? 'quick' : 'full']
  const paths = await filesIn(HISTORIES)
  const wanted = paths.length * times
  progress(`${wanted} histories by the SDK's own replayer`)
  const bare = await bareReplay(paths, times)
  progress(`${wanted} histories by one process of ours`)
  const alone = await ourReplay(paths, times, 1)
  const width = availableParallelism()
  progress(`${wanted} histories by ours, over ${width} cores`)
  const all = await ourReplay(paths, times, width)
  progress('tapes')
  const tapes = await tapesPerSecond(quick ? 2 : 10)
  const what = "the SDK's bare replayer, one process"
  const beside = { what, value: bare.perSecond }
  return [
    row({
      figure: 'histories replayed by one process',
      value: alone.perSecond,
      unit: '/s',
      beside,
      note: `${wanted} histories, of ${paths.length} ways that removals go; each is its own result, whatever the others do`,
    }),
    row({
      figure: `histories replayed over ${width} cores, as the gate does`,
      value: all.perSecond,
      unit: '/s',
      beside,
      note: 'with the start of the processes',
    }),
    row({
      figure: 'memory of a process that replays',
      value: alone.mebibytes ?? 0,
      unit: 'MiB',
      ...(bare.mebibytes !== null && { beside: { what, value: bare.mebibytes } }),
      note: 'the same for any number of histories',
    }),
    row({
      figure: 'tapes replayed',
      value: tapes,
      unit: '/s',
      note: 'activities, workflow, a real Temporal server that skips time',
    }),
  ]
}

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).toSorted().map((name) => join(folder, name))
}

async function bareReplay(paths: readonly string[], times: number): Promise<BareReplay> {
  const child = fork(BARE, [String(times), ...paths], { stdio: ['ignore', 2, 2, 'ipc'] })
  const [said] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  if (typeof said !== 'object') throw new Error('the bare replayer ended early')
  // The next figure looks at all children that there are.
  if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit')
  return said as BareReplay
}

async function ourReplay(paths: readonly string[], times: number, width: number): Promise<BareReplay> {
  const tasks = Array.from({ length: times }, () => paths)
    .flat()
    .map((name) => ({ name, encoded: null }))
  const begun = performance.now()
  const mebibytes = await peakOfChildren(async () => {
    for await (const { name, outcome } of replayInProcesses(tasks, { width }))
      if (outcome !== 'replays') throw new Error(`${name}: ${outcome}`)
  })
  return { perSecond: (tasks.length * 1_000) / (performance.now() - begun), mebibytes }
}

async function tapesPerSecond(most: number): Promise<number> {
  const paths = (await filesIn(TAPES)).slice(0, most)
  const temporal = await startTemporalServer('time-skipping', { isSilent: true })
  const player = await createTapePlayer(temporal)
  try {
    const begun = performance.now()
    for (const path of paths) await player.play(path, await readBundle(path))
    return (paths.length * 1_000) / (performance.now() - begun)
  } finally {
    await player.close()
    await temporal.teardown()
  }
}
