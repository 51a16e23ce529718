import { rename, rm, writeFile } from 'node:fs/promises'
import type { Fault } from '../../../sandbox/index.ts'
import * as faults from '../../../sandbox/index.ts'
import type { Plant } from '../plant/plant.ts'

/** One way in which a removal does not go as it should, by the name that docs/operations.md gives it. */
export interface Fate {
  name: string
  /** What the vendor does to this removal alone, until its faults are cleared. */
  faults: Fault[]
  /** The vendor shows drafts in a way that says nothing of a start. */
  isDraftOpaque?: true
  /** Whether the cause is mended before the commands of the page are typed: an account that is topped up. */
  isMendedOutside?: true
  /** How the removal itself ends. */
  end: 'succeeded' | 'failed' | 'cancelled'
  /** How many vendor jobs are bought for it, with those of the commands that mend it. */
  bought: number
}

const { ALWAYS } = faults
const always = { occurrence: ALWAYS }
/** The job has ended, and the vendor shows it as running. */
const shownAsRunning = faults.show('status', { status: 'processing' }, always)

/** Fates that are played at the same time, each by its own input. */
export const FATES: Fate[] = [
  { name: 'a slow vendor', faults: [shownAsRunning], isMendedOutside: true, end: 'succeeded', bought: 1 },
  { name: 'a callback that is lost', faults: [], end: 'succeeded', bought: 1 },
  {
    name: 'no credits',
    faults: [faults.refuseForCredits('start', 402, always)],
    isMendedOutside: true,
    end: 'succeeded',
    bought: 1,
  },
  {
    name: 'a revoked key',
    faults: [faults.answer('start', 401, always)],
    isMendedOutside: true,
    end: 'succeeded',
    bought: 1,
  },
  {
    name: 'an outage of the vendor',
    faults: [faults.answer('create', 503, always)],
    isMendedOutside: true,
    end: 'succeeded',
    bought: 1,
  },
  {
    name: 'a start of which nobody knows',
    faults: [faults.resetBefore('start')],
    isDraftOpaque: true,
    end: 'succeeded',
    bought: 1,
  },
  {
    name: 'an output without alpha',
    faults: [faults.otherOutput('opaque-matte', always)],
    end: 'failed',
    bought: 1,
  },
  // Its input is asked for again by the command that mends it.
  { name: 'a job that failed', faults: [faults.failJob('GPU worker lost')], end: 'failed', bought: 2 },
  { name: 'a project over its budget', faults: [], end: 'failed', bought: 1 },
  { name: 'cancelled while its job ran', faults: [shownAsRunning], end: 'cancelled', bought: 1 },
  {
    name: 'an output on a host that is not ours',
    faults: [faults.foreignOutput('http://127.0.0.1:1')],
    isMendedOutside: true,
    end: 'succeeded',
    bought: 1,
  },
  {
    name: 'an output that has expired',
    faults: [faults.deadOutput(404, always), faults.answer('download', 404, always)],
    isMendedOutside: true,
    end: 'succeeded',
    bought: 1,
  },
]

/** A storage folder that is gone: a file lies in its place until it is given back. */
export async function takeStorageAway({ storage }: Pick<Plant, 'storage'>): Promise<() => Promise<void>> {
  await rename(storage, `${storage}-away`)
  await writeFile(storage, '')
  return async () => {
    await rm(storage)
    await rename(`${storage}-away`, storage)
  }
}

/** One row of the table of docs/operations.md. */
export interface FateRow {
  /** The command that finds the removal; null where a panel does. */
  command: string | null
  says: string
  /** The commands that mend it, in their order. */
  mends: string[]
}

/** The table of fates, by name. */
export function fateRows(page: string): Map<string, FateRow> {
  const [, section = ''] = page.split('## When a removal does not go as it should')
  const [table = ''] = section.split('\n## ')
  const rows = table.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| -'))
  const commandsIn = (cell: string) =>
    [...cell.matchAll(/`npx matteflow ([^`]*)`/g)].map(([, text = '']) => text)
  return new Map(
    rows.slice(1).map((line) => {
      const [name = '', found = '', says = '', mended = ''] = line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim())
      return [name, { command: commandsIn(found)[0] ?? null, says, mends: commandsIn(mended) }]
    }),
  )
}
