import { ApplicationFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import type { FailureDocument } from '../../../domain/removal-document.ts'

/** What Temporal says about one attempt. */
export interface Attempt {
  attempt?: number
  heartbeatDetails?: unknown
  /** Gets the environment before the activity runs, to cancel it or to read its heartbeats. */
  watch?: (environment: MockActivityEnvironment) => void
}

/** Runs one attempt of an activity as a worker would. */
export async function runActivity<Input, Output>(
  work: (input: Input) => Promise<Output>,
  input: Input,
  { attempt = 1, heartbeatDetails, watch }: Attempt = {},
): Promise<Output> {
  const environment = new MockActivityEnvironment({ attempt, heartbeatDetails })
  watch?.(environment)
  return await environment.run(work, input)
}

/** A failed attempt as the workflow and the server see it. */
export interface SeenFailure {
  type: string | null | undefined
  message: string
  nonRetryable: boolean
  nextRetryDelay: unknown
  category: ApplicationFailure['category']
  document: FailureDocument | null
  context: { startUnclear: boolean } | undefined
}

/** Runs an attempt that must fail, and gives what leaves it. */
export async function failureOf<Input>(
  work: (input: Input) => Promise<unknown>,
  input: Input,
  attempt: Attempt = {},
): Promise<SeenFailure> {
  const error = await runActivity(work, input, attempt).then(
    (value) => new Error(`it gave ${JSON.stringify(value)}`),
    (caught: unknown) => caught,
  )
  if (!(error instanceof ApplicationFailure)) throw error
  const [document, context] = (error.details ?? []) as [FailureDocument | null, SeenFailure['context']]
  const { type, message, nextRetryDelay, category } = error
  return {
    type,
    message,
    nonRetryable: error.nonRetryable ?? false,
    nextRetryDelay,
    category,
    document,
    context,
  }
}
