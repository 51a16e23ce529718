import { HostRefused } from '../adapters/transfer/host-refused.ts'
import type { OutageHeartbeat, TransferHeartbeat } from '../domain/outage.ts'
import { asRemovalFailure, isRemovalFailure } from '../domain/removal-failure.ts'
import { heartbeat } from './activity.ts'

/** Hashing, verifying and waiting for a reply report nothing; only a dead worker is silent. */
const BEAT_INTERVAL_MS = 5_000

/** Runs a transfer with heartbeats that tell how far it is: a silent one is a dead worker. */
export async function transferring<Result>(
  totalBytes: number | null,
  work: (onProgress: (bytes: number) => void) => Promise<Result>,
): Promise<Result> {
  const moved: Omit<TransferHeartbeat, keyof OutageHeartbeat> = { bytes: 0, totalBytes }
  const timer = setInterval(() => heartbeat(moved), BEAT_INTERVAL_MS)
  try {
    return await work((bytes) => {
      moved.bytes = bytes
      heartbeat(moved)
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
