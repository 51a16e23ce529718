import { Context } from '@temporalio/activity'
import { CancelledFailure } from '@temporalio/common'
import type { Translation } from './as-application-failure.ts'
import { asApplicationFailure } from './as-application-failure.ts'

/** Throws a failure with more said about its translation than its kind says. */
export class TranslatedError extends Error {
  readonly translation: Partial<Translation>
  constructor(cause: unknown, translation: Partial<Translation>) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.translation = translation
  }
}

/** Wraps the work of one activity: whatever it throws leaves as a Temporal failure, here and nowhere else. */
export function activity<Input, Output>(
  work: (input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const context = Context.current()
    try {
      return await work(input)
    } catch (error) {
      // A call that the cancelled scope aborted is a cancellation, whatever error the abort surfaced as.
      if (context.cancellationSignal.aborted) throw await cancellation(context, error)
      const { attempt } = context.info
      if (error instanceof TranslatedError)
        throw asApplicationFailure(error.cause, { attempt, ...error.translation })
      throw asApplicationFailure(error, { attempt })
    }
  }
}

async function cancellation(context: Context, error: unknown): Promise<Error> {
  const reason = await context.cancelled.catch((cancelled: unknown) => cancelled)
  return reason instanceof CancelledFailure
    ? reason
    : asApplicationFailure(error, { attempt: context.info.attempt })
}
