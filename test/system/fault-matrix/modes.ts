import { executeLater } from '../../../sandbox/faults/builders.ts'
import type { Fault, StartModes } from '../../../sandbox/index.ts'
import { STRICTEST_MODES } from '../../../sandbox/index.ts'

/** One way to read what the contract leaves open about starts. */
export interface Mode {
  name: string
  modes: Pick<StartModes, 'repeatedStart' | 'draftShownAs' | 'startVisibleAfterMs'>
  /** Strikes every removal of the mode, besides the row's own. */
  always: readonly Fault[]
}

/** Later than the first status check of a start in doubt, and well within the doubt window of 12 s. */
export const LATE_MS = 5_000

const { repeatedStart, draftShownAs, startVisibleAfterMs } = STRICTEST_MODES
const strictest = { repeatedStart, draftShownAs, startVisibleAfterMs }

export const STRICTEST: Mode = { name: 'every accepted start bills', modes: strictest, always: [] }
const DRAFTS_PENDING: Mode = {
  name: 'drafts are shown as pending',
  modes: { ...strictest, draftShownAs: 'pending' },
  always: [],
}

export const OTHER_MODES: Mode[] = [
  { name: 'a repeated start is a conflict', modes: { ...strictest, repeatedStart: 'conflict' }, always: [] },
  { name: 'a repeated start is ignored', modes: { ...strictest, repeatedStart: 'ignored' }, always: [] },
  {
    name: 'a start is accepted but not visible for a while',
    modes: { ...strictest, startVisibleAfterMs: LATE_MS },
    always: [],
  },
  DRAFTS_PENDING,
]

export const EXECUTED_LATER: Mode = {
  name: 'a start is executed after its 504',
  modes: strictest,
  always: [executeLater('start', { afterMs: LATE_MS })],
}
