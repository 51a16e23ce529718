import { HostRefused } from '../adapters/transfer/errors.ts'
import type { OutageHeartbeat, TransferHeartbeat } from '../domain/outage.ts'
import { asRemovalFailure, isRemovalFailure } from '../domain/removal-failure.ts'
import { heartbeat } from './activity.ts'

/** What a transfer tells while it runs. */
export interface Transfer {
  onProgress(bytes: number): void
  /** Keeps facts in the heartbeat, where the next attempt finds them. */
  remember(facts: object): void
}

/** Hashing, verifying and waiting for a reply report nothing; only a dead worker is silent. */
const BEAT_INTERVAL_MS = 5_000

/** Runs a transfer with heartbeats that tell how far it is: a silent one is a dead worker. */
export async function transferring<Result>(
  totalBytes: number | null,
  work: (transfer: Transfer) => Promise<Result>,
): Promise<Result> {
  const moved: Omit<TransferHeartbeat, keyof OutageHeartbeat> = { bytes: 0, totalBytes }
  const timer = setInterval(() => heartbeat(moved), BEAT_INTERVAL_MS)
  try {
    return await work({
      onProgress(bytes) {
        moved.bytes = bytes
        heartbeat(moved)
      },
      remember(facts) {
        Object.assign(moved, facts)
        heartbeat(moved)
      },
    })
  } catch (error) {
    throw isRefusedHost(error) ? asRemovalFailure(error, { isLast: true }) : error
  } finally {
    clearInterval(timer)
  }
}

/** Only a change of our configuration can mend that. */
function isRefusedHost(error: unknown): boolean {
  return isRemovalFailure(error) && error.cause instanceof HostRefused
}
