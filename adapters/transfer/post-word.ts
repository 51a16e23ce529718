import { request } from 'undici'
import type { Proxies } from '../../domain/proxies.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { createGuardedAgent } from './guarded-agent.ts'
import { createInputHostRules } from './host-rules.ts'

/** A receiver that takes longer has not taken it. */
const TIMEOUT_MS = 10_000

/**
 * Posts JSON to a receiver that the operator named, which may be a private one. No redirect is followed: it could lead
 * anywhere. Whatever but a 2xx answer in time throws `PlatformUnavailable`; the URL, which is often a secret, stands in no
 * message.
 */
export async function postWord(
  url: string,
  body: object,
  { proxies, signal, timeoutMs = TIMEOUT_MS }: { proxies: Proxies; signal?: AbortSignal; timeoutMs?: number },
): Promise<void> {
  const target = new URL(url)
  // The receiver's own host is trusted at whatever address it has.
  const agent = createGuardedAgent(createInputHostRules(target.origin, { proxies }), {
    stallTimeoutMs: timeoutMs,
  })
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const { statusCode, body: answer } = await request(target, {
      method: 'POST',
      dispatcher: await agent.wayTo(target),
      headers: { 'content-type': 'application/json', 'user-agent': 'matteflow' },
      body: JSON.stringify(body),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    })
    answer.on('error', () => {}).destroy()
    if (statusCode < 200 || statusCode > 299) throw refused(`answered ${statusCode}`)
  } catch (error) {
    if (error instanceof RemovalFailure || signal?.aborted) throw error
    throw refused(timeout.aborted ? `did not answer within ${timeoutMs / 1_000} s` : reasonOf(error), error)
  } finally {
    await agent.destroy()
  }
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  return `cannot be reached${code === undefined ? '' : ` (${code})`}`
}

function refused(reason: string, cause?: unknown): RemovalFailure {
  return new RemovalFailure('PlatformUnavailable', `the receiver of MATTEFLOW_NOTIFY_URL ${reason}`, {
    hint: 'Look at the receiver; the word is sent again for a day. `matteflow doctor` shows the same.',
    cause,
  })
}
