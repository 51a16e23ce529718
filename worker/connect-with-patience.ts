import { setTimeout } from 'node:timers/promises'
import { RemovalFailure } from '../domain/removal-failure.ts'

/** `Connection.connect` does not retry; a server that is just starting answers within this time. */
const PATIENCE_MS = 20_000

/** Connects, again and again for a bounded time. Fails as `PlatformUnavailable` naming the address. */
export async function connectWithPatience<Connection>(
  connect: () => Promise<Connection>,
  address: string,
  { patienceMs = PATIENCE_MS } = {},
): Promise<Connection> {
  const endsAt = Date.now() + patienceMs
  for (let pauseMs = 200; ; pauseMs = Math.min(2_000, pauseMs * 2)) {
    try {
      return await connect()
    } catch (error) {
      if (Date.now() + pauseMs < endsAt) {
        await setTimeout(pauseMs)
        continue
      }
      throw new RemovalFailure(
        'PlatformUnavailable',
        `Temporal at ${address} cannot be reached: ${error instanceof Error ? error.message.slice(0, 200) : String(error)}`,
        {
          hint: 'Start the Temporal server, or correct TEMPORAL_ADDRESS.',
          cause: error,
        },
      )
    }
  }
}
