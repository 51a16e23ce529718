import type { CircuitBreakerPolicy } from 'cockatiel'
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhen,
} from 'cockatiel'
import type { Operation } from '../adapters/removebgvideo/call/vendor-call.ts'
import type { VendorClient } from '../adapters/removebgvideo/create-vendor-client.ts'
import { isRemovalFailure, RemovalFailure } from '../domain/removal-failure.ts'

/** More than one removal's bad luck, and well before a whole budget is spent on a vendor that is down. */
const FAILURES_IN_A_ROW = 10
/** Probing a vendor that is down: first soon, then as the vendor's own back-off table ends, doubled twice. */
const HALF_OPEN_AFTER_MS = { first: 2_000, most: 60_000 } as const

/** What the breaker of one operation is at. */
export type BreakerState = 'closed' | 'half-open' | 'open'

/** A circuit breaker for each vendor operation of this worker. */
export interface Breakers {
  /** Calls, or throws `CircuitOpen` (nothing was sent) with the time until the next probe. */
  run<Result>(operation: Operation, call: () => Promise<Result>): Promise<Result>
}

/** Breakers that open on a surge of outages. Refusals, bad answers and cancellations say nothing about an outage. */
export function createBreakers({
  onChange = (_operation: Operation, _state: BreakerState) => {},
  halfOpenAfterMs = HALF_OPEN_AFTER_MS as { first: number; most: number },
} = {}): Breakers {
  const breakers = new Map<Operation, Breaker>()
  const breakerOf = (operation: Operation): Breaker => {
    const breaker =
      breakers.get(operation) ?? createBreaker((state) => onChange(operation, state), halfOpenAfterMs)
    breakers.set(operation, breaker)
    return breaker
  }
  return {
    async run(operation, call) {
      const breaker = breakerOf(operation)
      try {
        return await breaker.policy.execute(call)
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error
        throw new RemovalFailure(
          'CircuitOpen',
          `${operation}: not called, the last ${FAILURES_IN_A_ROW} calls or more failed in a row`,
          {
            sendOutcome: 'not-sent',
            retryAfterMs: Math.max(0, breaker.probeAtMs - Date.now()),
            cause: error,
          },
        )
      }
    },
  }
}

interface Breaker {
  policy: CircuitBreakerPolicy
  probeAtMs: number
}

function createBreaker(
  onChange: (state: BreakerState) => void,
  { first, most }: { first: number; most: number },
): Breaker {
  const policy = circuitBreaker(handleWhen(isOutage), {
    breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
    halfOpenAfter: new DelegateBackoff(({ attempt }) => {
      const delayMs = Math.min(most, first * 2 ** Math.max(0, attempt - 1))
      breaker.probeAtMs = Date.now() + delayMs
      return delayMs
    }),
  })
  const breaker: Breaker = { policy, probeAtMs: 0 }
  policy.onStateChange((state) => onChange(stateOf(state)))
  return breaker
}

function isOutage(error: unknown): boolean {
  return isRemovalFailure(error) && error.kind === 'VendorUnavailable'
}

function stateOf(state: CircuitState): BreakerState {
  if (state === CircuitState.Closed) return 'closed'
  return state === CircuitState.HalfOpen ? 'half-open' : 'open'
}

/** A vendor client behind circuit breakers; `direct` goes past them, for the status checks of a start in doubt. */
export type GuardedVendorClient = VendorClient & { readonly direct: VendorClient }

/** The operations that have a circuit breaker. */
export const GUARDED_OPERATIONS = ['upload', 'createDraft', 'startJob', 'getJob', 'legacyDownload'] as const

/** Puts every call that a removal makes behind the breaker of its operation. */
export function guardVendor(client: VendorClient, breakers: Breakers): GuardedVendorClient {
  const guarded =
    <Args extends unknown[], Result>(operation: Operation, call: (...args: Args) => Promise<Result>) =>
    (...args: Args) =>
      breakers.run(operation, () => call(...args))
  const calls: Pick<VendorClient, (typeof GUARDED_OPERATIONS)[number]> = {
    upload: guarded('upload', client.upload),
    createDraft: guarded('createDraft', client.createDraft),
    startJob: guarded('startJob', client.startJob),
    getJob: guarded('getJob', client.getJob),
    legacyDownload: guarded('legacyDownload', client.legacyDownload),
  }
  return { ...client, direct: client, ...calls }
}
