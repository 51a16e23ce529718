import { RemovalFailure } from './removal-failure.ts'

/** A start of which it could not be established whether it happened. */
export interface OpenStart {
  removalId: string
  vendorJobId: string
  /** The alias of the key that made the job; null where the caller does not know it. */
  keyAlias: string | null
  requestId: string | null
  /** What was sent: `one start was sent`. */
  tried: string
  /** What is known of the job: `the job is still shown as pending`. */
  known: string
}

/** `UnknownOutcome`: what was tried, what is known, the question for a person, and what each answer does. */
export function unknownOutcome({
  removalId,
  vendorJobId,
  keyAlias,
  requestId,
  tried,
  known,
}: OpenStart): RemovalFailure {
  const maker = keyAlias === null ? '' : ` (made by the key ${keyAlias})`
  return new RemovalFailure(
    'UnknownOutcome',
    `start vendor job ${vendorJobId}: ${tried} without a clear answer, and ${known}`,
    {
      vendorJobId,
      requestId,
      hint: [
        `Was vendor job ${vendorJobId}${maker} started? Look at it in the vendor's dashboard.`,
        `Running, ended or billed: \`matteflow resume ${removalId} --as started\`; nothing is sent, its output is collected.`,
        `An untouched draft: \`matteflow resume ${removalId} --as not-started\`; the start is sent again.`,
        'Not sure: wait; the job is still checked, and the removal goes on by itself once it moves.',
      ].join(' '),
    },
  )
}
