import type { Context } from '@temporalio/activity'
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import type { ActivityInterceptors } from '@temporalio/worker'
import type { RemovalInput } from '../../activities/labels.ts'
import { traceParentFrom } from '../../domain/trace-parent.ts'
import type { Tracing } from '../../domain/tracing.ts'

/**
 * Puts the removal's id, the caller's own ids and the trace on every line that an activity logs, and each attempt into a
 * span. Only activities have such an interceptor: one in workflows would stand in their histories.
 */
export function removalLogAttributes(tracing: Tracing): (context: Context) => ActivityInterceptors {
  return ({ info }) => {
    let attributes: Record<string, unknown> = {}
    return {
      inbound: {
        execute(input, next) {
          // Not every activity is about one removal.
          const { removalId, labels, purchase, traceparent } = (input.args[0] ?? {}) as Partial<
            RemovalInput & { purchase: number }
          >
          const traceId = traceParentFrom(traceparent)?.traceId
          attributes = {
            ...(removalId !== undefined && { removalId }),
            ...labels,
            ...(purchase !== undefined && { purchase }),
            ...(traceId !== undefined && { traceId }),
          }
          const facts = {
            removal_id: removalId ?? null,
            purchase: purchase ?? null,
            attempt: info.attempt,
            workflow_id: info.workflowExecution?.workflowId ?? null,
          }
          const span = { name: info.activityType, facts, parent: traceparent ?? null, isExpected }
          return tracing.within(span, () => next(input))
        },
      },
      outbound: { getLogAttributes: (given, next) => next({ ...given, ...attributes }) },
    }
  }
}

function isExpected(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.category === ApplicationFailureCategory.BENIGN
}
