import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createLedger } from '../../../adapters/ledger/ledger.ts'
import { exitCodeOf } from '../../../cli/terminal/end-with-failure.ts'
import type { FailureKind } from '../../../domain/failures.ts'
import type { OutputWarning, RemovalDocument } from '../../../domain/removal-document.ts'
import { RemovalFailure } from '../../../domain/removal-failure.ts'
import { parkedKinds } from './history.ts'
import { WAITS_FOR_A_PERSON } from './operator.ts'
import type { Stack } from './stack.ts'

/** How a scenario ended, each figure from whoever knows: vendor, ledger, storage, Temporal. */
export interface Outcome {
  state: string
  kind: FailureKind | null
  exitCode: number
  bought: number
  collected: number
  /** Everything it was parked for, outages included. */
  parkedFor: FailureKind[]
  /** Parks that needed a person. */
  asked: FailureKind[]
  ledger: { reservedMillicredits: number; spentMillicredits: number }
  billedMillicredits: number
  message: string | null
  /** Codes of the doubts about the output that was delivered. */
  warnings: OutputWarning['code'][]
}

export async function measure(stack: Stack, input: string, document: RemovalDocument): Promise<Outcome> {
  const jobs = stack.sandbox.report().jobs.filter((job) => job.input === input)
  const { reservedMillicredits, spentMillicredits } = await createLedger(stack.database).credits.balance(
    input,
  )
  const parkedFor = await parkedKinds(stack.client, document.id)
  const isServed = await isWhole(document.output)
  return {
    state: document.state,
    kind: document.failure?.kind ?? null,
    exitCode: document.failure === null ? 0 : exitCodeOf(RemovalFailure.fromDocument(document.failure)),
    bought: jobs.reduce((sum, job) => sum + job.purchases, 0),
    collected: isServed ? jobs.filter((job) => job.collected).length : 0,
    parkedFor,
    asked: parkedFor.filter((kind) => WAITS_FOR_A_PERSON.includes(kind)),
    ledger: { reservedMillicredits, spentMillicredits },
    billedMillicredits: jobs.reduce((sum, job) => sum + job.billedMillicredits, 0),
    message: document.failure?.message ?? null,
    warnings: document.output?.warnings.map(({ code }) => code) ?? [],
  }
}

async function isWhole(output: RemovalDocument['output']): Promise<boolean> {
  if (output === null || !existsSync(fileURLToPath(output.location))) return false
  const bytes = await readFile(fileURLToPath(output.location))
  return output.hasAlpha && createHash('sha256').update(bytes).digest('hex') === output.sha256
}
