import type { Mode } from './modes.ts'
import { EXECUTED_LATER, OTHER_MODES, STRICTEST } from './modes.ts'
import { OUTPUT_ROWS } from './rows/output.ts'
import { startRows } from './rows/start.ts'
import { FATE_ROWS, statusRows, statusRowsOfStartsInDoubt } from './rows/status.ts'
import { UPLOAD_AND_CREATE_ROWS } from './rows/upload-and-create.ts'
import type { Scenario } from './scenario.ts'

/** Every scenario of one fault, under each reading of the contract that tells for it. */
export const SINGLE_FAULTS: { mode: Mode; rows: Scenario[] }[] = [
  {
    mode: STRICTEST,
    rows: [
      ...FATE_ROWS,
      ...OUTPUT_ROWS,
      ...UPLOAD_AND_CREATE_ROWS,
      ...startRows(STRICTEST.modes),
      ...statusRows(),
    ],
  },
  ...OTHER_MODES.map((mode) => ({ mode, rows: [...startRows(mode.modes), ...statusRows()] })),
  { mode: EXECUTED_LATER, rows: statusRowsOfStartsInDoubt() },
]
