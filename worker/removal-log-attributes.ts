import type { Context } from '@temporalio/activity'
import type { ActivityInterceptors } from '@temporalio/worker'
import type { RemovalInput } from '../activities/labels.ts'

/** Puts the removal's id and the caller's own ids on every line that an activity logs. */
export function removalLogAttributes(_context: Context): ActivityInterceptors {
  let attributes: Record<string, unknown> = {}
  return {
    inbound: {
      execute(input, next) {
        // Not every activity is about one removal.
        const { removalId, labels, purchase } = (input.args[0] ?? {}) as Partial<
          RemovalInput & { purchase: number }
        >
        attributes = {
          ...(removalId !== undefined && { removalId }),
          ...labels,
          ...(purchase !== undefined && { purchase }),
        }
        return next(input)
      },
    },
    outbound: { getLogAttributes: (given, next) => next({ ...given, ...attributes }) },
  }
}
