import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLedgerProcess } from '../plant/ledger-process.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import type { Gate } from './gate.ts'
import { openGate } from './gate.ts'

/** A plant with its worker, and with something between worker and vendor where that is wanted. */
export interface Stack extends Plant {
  gate: Gate | null
}

/**
 * Short times, so that an outage that outlasts every budget takes seconds; the rules are those of the long ones.
 * A call's time-out is what a busy machine needs for an answer that comes.
 */
const SHORT_TIMES = {
  MATTEFLOW_CALL_TIMEOUT: '10s',
  MATTEFLOW_SETTLE_MARGIN: '2s',
  MATTEFLOW_OUTAGE_BUDGET: '5s',
}

export async function startStack({ gated = false } = {}): Promise<Stack> {
  const home = await mkdtemp(join(tmpdir(), 'matteflow-matrix-'))
  // In a process of their own, as the embedded stack has them: they would hold up the vendor's answers here.
  const ledger = await startLedgerProcess(home)
  const plant = await startPlant({ databaseUrl: ledger.url, variables: SHORT_TIMES })
  const gate = gated ? await openGate(plant.sandbox.url) : null
  await plant.startWorker(gate === null ? {} : { REMOVEBGVIDEO_BASE_URL: gate.url })
  return {
    ...plant,
    gate,
    async close() {
      await plant.close()
      await gate?.close()
      await ledger.kill()
      await rm(home, { recursive: true, force: true })
    },
  }
}
