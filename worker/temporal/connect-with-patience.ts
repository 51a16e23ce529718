import { setTimeout } from 'node:timers/promises'
import { isRefusal, serviceFailure } from '../../client/errors.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { explainSilence } from './explain-silence.ts'
import type { TemporalTarget } from './temporal-target.ts'

/** `Connection.connect` does not retry; a server that is just starting answers within this time. */
const PATIENCE_MS = 20_000

/** Connects, again and again for a bounded time. Fails as `PlatformUnavailable` that names the address and the reason. */
export async function connectWithPatience<Connection>(
  connect: () => Promise<Connection>,
  target: Pick<TemporalTarget, 'address' | 'connection'>,
  { patienceMs = PATIENCE_MS } = {},
): Promise<Connection> {
  const endsAt = Date.now() + patienceMs
  for (let pauseMs = 200; ; pauseMs = Math.min(2_000, pauseMs * 2)) {
    try {
      return await connect()
    } catch (error) {
      if (isRefusal(error)) throw serviceFailure(error, target.address)
      if (Date.now() + pauseMs >= endsAt) throw await unreachable(target, error)
      await setTimeout(pauseMs)
    }
  }
}

async function unreachable(
  target: Pick<TemporalTarget, 'address' | 'connection'>,
  cause: unknown,
): Promise<RemovalFailure> {
  const said = cause instanceof Error ? cause.message.slice(0, 200) : String(cause)
  const { reason, hint } = (await explainSilence(target)) ?? {
    reason: said,
    hint: 'Start the Temporal server, or correct TEMPORAL_ADDRESS.',
  }
  return new RemovalFailure(
    'PlatformUnavailable',
    `Temporal at ${target.address} cannot be reached: ${reason}`,
    { hint, cause },
  )
}
