import { Context } from '@temporalio/activity'
import { HostRefused } from '../adapters/transfer/host-refused.ts'
import { isRemovalFailure } from '../domain/removal-failure.ts'
import { TranslatedError } from './activity.ts'
import type { ActivityDependencies } from './dependencies.ts'

/** What a transfer's heartbeat carries from attempt to attempt, and shows to `describe`. */
interface TransferHeartbeat {
  bytes: number
  totalBytes: number | null
  /** Epoch milliseconds of the first of the failures in a row. */
  failingSince: number | null
}

/** Hashing, verifying and waiting for a reply report nothing; only a dead worker is silent. */
const BEAT_INTERVAL_MS = 5_000

/**
 * Runs a transfer with heartbeats. Its time-outs are sized for the largest file, so the outage budget is counted
 * here: from the first failure in a row, across attempts.
 */
export async function transferring<Result>(
  totalBytes: number | null,
  { now, settings }: Pick<ActivityDependencies, 'now' | 'settings'>,
  work: (onProgress: (bytes: number) => void) => Promise<Result>,
): Promise<Result> {
  const context = Context.current()
  const before = context.info.heartbeatDetails as TransferHeartbeat | undefined
  const beat: TransferHeartbeat = { bytes: 0, totalBytes, failingSince: before?.failingSince ?? null }
  const timer = setInterval(() => context.heartbeat({ ...beat }), BEAT_INTERVAL_MS)
  try {
    return await work((bytes) => {
      beat.bytes = bytes
      context.heartbeat({ ...beat })
    })
  } catch (error) {
    const failedAt = await now()
    beat.failingSince ??= failedAt
    context.heartbeat({ ...beat })
    const isSpent = failedAt - beat.failingSince >= settings.outageBudgetMs
    throw new TranslatedError(error, { isLast: isSpent || isRefusedHost(error) })
  } finally {
    clearInterval(timer)
  }
}

/** Only a change of our configuration can mend that. */
function isRefusedHost(error: unknown): boolean {
  return isRemovalFailure(error) && error.cause instanceof HostRefused
}
