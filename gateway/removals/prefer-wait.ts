import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import type { GatewayDependencies } from '../gateway-dependencies.ts'

/** Proxies cut longer waits off. */
const MOST_SECONDS = 55

/** The seconds of `Prefer: wait=<s>` (RFC 7240), bounded; 0 where there is none. */
export function waitSecondsFrom(prefer: string | undefined): number {
  const [, seconds] = /(?:^|[,;]\s*)wait=(\d{1,6})(?:\s*[,;]|$)/.exec(prefer ?? '') ?? []
  return Math.min(MOST_SECONDS, Number(seconds ?? 0))
}

/** The document once the removal has ended or parked, or as it stands when the time is over or the gateway shuts down. */
export async function waitForEnd(
  document: RemovalDocument,
  seconds: number,
  { removals, draining }: Pick<GatewayDependencies, 'removals' | 'draining'>,
): Promise<RemovalDocument> {
  let latest = document
  if (seconds === 0 || stands(latest)) return latest
  const signal = AbortSignal.any([AbortSignal.timeout(seconds * 1_000), draining])
  try {
    for await (const seen of removals.watch(document.id, { signal })) {
      latest = seen
      if (stands(latest)) return latest
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return latest
}

function stands({ state }: RemovalDocument): boolean {
  return isFinal(state) || state === 'parked'
}
