import type { RemovalDocument } from '../../../domain/removal-document.ts'
import { isFinal } from '../../../domain/removal-document.ts'
import { isRemovalFailure } from '../../../domain/removal-failure.ts'
import type { ResumeRequest } from '../../../workflows/messages.ts'
import type { Park } from './scenario.ts'
import type { Stack } from './stack.ts'

/** Kinds that wait for a person. Source: docs/reference.md, docs/architecture.md names those that wake by themselves. */
export const WAITS_FOR_A_PERSON: readonly string[] = [
  'InsufficientCredits',
  'CredentialsRejected',
  'JobNotVisible',
  'UnknownOutcome',
  'OutputExpired',
  'DeadlineExceeded',
  'Unexpected',
]
/** The slowest scenario sleeps for two minutes, on a machine that may be busy; after this one waits for nothing. */
const PATIENCE_MS = 480_000
/** Ends are noticed at once; this is for parks, and hundreds look at the same time. */
const LOOK_EVERY_MS = 2_000
/** More parks than any scenario has. */
const MOST_RESUMES = 8

/** Whoever looks after the removals: mends what a park waits for, or decides from what the vendor's dashboard says. */
export type Operator = (removal: RemovalDocument, input: string, seen: number) => Park['ends']

/** Follows a removal to its end, or to the park that the operator leaves it in. */
export async function followToEnd(
  stack: Pick<Stack, 'removals' | 'sandbox'>,
  { id, input, operator }: { id: string; input: string; operator: Operator },
): Promise<RemovalDocument> {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  let resumes = 0
  let lastSeen: string | null = null
  for await (const document of stack.removals.watch(id, { intervalMs: LOOK_EVERY_MS, signal })) {
    if (isFinal(document.state)) return document
    const { failure } = document
    if (document.state !== 'parked' || failure === null || !WAITS_FOR_A_PERSON.includes(failure.kind)) {
      lastSeen = null
      continue
    }
    if (lastSeen === failure.message) continue
    lastSeen = failure.message
    const ends = operator(document, input, resumes)
    if (ends === 'never') return document
    if (ends === 'refused') {
      await stack.removals.resume(id).then(mustBeRefused, onlyForTheLimit)
      return document
    }
    if (ends === 'itself') continue
    if (resumes === MOST_RESUMES) throw new Error(`${input}: parked again and again: ${failure.message}`)
    if (ends.startsWith('repaired')) stack.sandbox.clearFaults(input)
    await stack.removals.resume(id, answerIn(ends)).catch(ignoreUnparked)
    resumes += 1
    lastSeen = null
  }
  throw new Error(`${input}: watching stopped before its end`)
}

function answerIn(ends: Park['ends']): ResumeRequest {
  if (ends.endsWith('as started')) return { as: 'started' }
  return ends === 'as not-started' ? { as: 'not-started' } : {}
}

/** Does what the row says, park by park. */
export function byScript(parks: readonly Park[]): Operator {
  return (document, input, seen) => {
    const park = parks.filter(({ ends }) => ends !== 'itself')[seen]
    const mendsItself = parks.some(({ kind, ends }) => ends === 'itself' && kind === document.failure?.kind)
    if (mendsItself) return 'itself'
    if (park?.kind === document.failure?.kind) return park?.ends ?? 'never'
    throw new Error(
      `${input}: parked for ${document.failure?.kind}, not ${park?.kind ?? 'at all'}: ${document.failure?.message}`,
    )
  }
}

/** Repairs nothing, resumes everything; to an unknown outcome the answer is what the vendor shows of its job. */
export function byDashboard({ sandbox }: Pick<Stack, 'sandbox'>): Operator {
  return ({ failure }) => {
    if (failure?.kind !== 'UnknownOutcome') return 'resume'
    const job = sandbox.report().jobs.find(({ id }) => id === failure.vendorJobId)
    return (job?.starts ?? 0) > 0 ? 'as started' : 'as not-started'
  }
}

function mustBeRefused(): never {
  throw new Error('a resume beyond maxCredits was taken')
}

function onlyForTheLimit(error: unknown): void {
  if (!isRemovalFailure(error) || error.kind !== 'BudgetExceeded') throw error
}

/** It went on between the look and the word. */
function ignoreUnparked(error: unknown): void {
  if (!isRemovalFailure(error) || error.kind !== 'InvalidRequest') throw error
}
