import { Context } from '@temporalio/activity'
import type { ReplayedOpen } from '../../domain/readiness.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { activity, heartbeat } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { readyClock } from './ready-clock.ts'

/**
 * Replays unfinished histories of the namespace against the workflow code of this worker. `Unexpected` where one of them
 * could not go on with it, and where none can be read: a gate that looks at nothing is none.
 */
export function replayOpen(deps: ActivityDependencies) {
  return activity(async (): Promise<ReplayedOpen | null> => {
    const { cancellationSignal } = Context.current()
    const found = await deps.replayOpen?.({
      signal: cancellationSignal,
      onReplayed: (count) => heartbeat({ replayed: count }),
    })
    if (found === undefined) return null
    const { open, replays, diverges, unreadable, first } = found
    if (diverges > 0)
      throw new RemovalFailure(
        'Unexpected',
        `${diverges} of ${replays + diverges} open histories could not go on with this build: ${first ?? ''}`,
        {
          isLast: true,
          hint: 'Give this build no work: leave the build before current. `matteflow replay --open` names each of them, with the file of the workflow code that differs.',
        },
      )
    if (replays === 0 && unreadable > 0)
      throw new RemovalFailure(
        'Unexpected',
        `none of ${open} open histories can be read by this build: ${first ?? ''}`,
        {
          isLast: true,
          hint: 'Where payloads are encrypted, give this build the keys of the build before; else see `matteflow replay --open`.',
        },
      )
    return found
  }, readyClock(deps))
}
