import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { partFileFrom } from '../../activities/retrieve/part-file.ts'
import type { Ledger } from '../../adapters/ledger/ledger.ts'
import type { Storage } from '../../adapters/storage/storage.ts'
import { removePartialFile } from '../../adapters/transfer/partial-file.ts'
import { repeatEvery } from '../../domain/repeat-every.ts'
import type { SweptInputs } from './sweep-inputs.ts'
import { createInputSweep } from './sweep-inputs.ts'

interface Surroundings {
  ledger: Pick<Ledger, 'removals'>
  storage: Pick<Storage, 'sweep'>
  workFolder: string
  now?: () => number | Promise<number>
}

interface SweepingOptions extends Surroundings, SweptInputs {
  ledger: SweptInputs['ledger']
  storage: Surroundings['storage'] & SweptInputs['storage']
  log: Pick<Logger, 'info' | 'warn'>
  everyMs?: number
}

/** Longer than anything takes to be written: 50 GB at a megabit a second are four and a half days. */
const WRITTEN_WITHIN_MS = 7 * 86_400_000
/** A download whose removal has ended is of use to nobody; a day leaves time to look at what went wrong. */
const LOOKED_AT_WITHIN_MS = 86_400_000
const EVERY_MS = 6 * 3_600_000

/** Removes at once and every few hours what workers, gateways and clients that died have left behind. */
export function sweepLeftovers({ log, everyMs = EVERY_MS, ...around }: SweepingOptions): () => void {
  const sweepInputs = createInputSweep(around)
  const words = { failing: 'leftovers cannot be swept', again: 'leftovers are swept again' }
  return repeatEvery({ pauseMs: everyMs, log, ...words }, async () => {
    const swept = { ...(await sweepOnce(around)), inputs: await sweepInputs() }
    if (swept.writes + swept.downloads + swept.inputs > 0)
      log.info(swept, 'removed what had been left behind')
  })
}

/** One sweep: unfinished writes in the storage by their age, and downloads of removals that have ended. */
export async function sweepOnce({ ledger, storage, workFolder, now = Date.now }: Surroundings) {
  const at = await now()
  const downloads = await sweepDownloads({ ledger, workFolder, before: at - LOOKED_AT_WITHIN_MS })
  const writes = await storage.sweep(new Date(at - WRITTEN_WITHIN_MS))
  return { writes, downloads }
}

async function sweepDownloads({
  ledger,
  workFolder,
  before,
}: Pick<Surroundings, 'ledger' | 'workFolder'> & { before: number }): Promise<number> {
  let swept = 0
  for (const name of await readdir(workFolder)) {
    const part = partFileFrom(name)
    if (part === undefined) continue
    const found = await stat(join(workFolder, name)).catch(() => undefined)
    if (found === undefined || found.mtimeMs >= before) continue
    // What was bought may be had only once: a removal that goes on, however late, goes on from these bytes.
    const record = await ledger.removals.find(part.removalId)
    if (record !== undefined && record.closedAt === null) continue
    await removePartialFile(join(workFolder, part.partName))
    swept += 1
  }
  return swept
}
