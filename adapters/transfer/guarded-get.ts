import type { Dispatcher } from 'undici'
import { request } from 'undici'
import { HostRefused, RedirectFailed } from './errors.ts'
import type { GuardedAgent } from './guarded-agent.ts'
import type { HostRules } from './host-rules.ts'

const MAX_REDIRECTS = 5
const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308])

/**
 * One GET, following redirects, each of which is checked like the first URL. Sends nothing but the given
 * headers: no key, no cookie. Throws `HostRefused`, `RedirectFailed`, or what the network threw.
 */
export async function guardedGet(
  url: URL,
  agent: GuardedAgent,
  rules: HostRules,
  { headers, signal }: { headers: Record<string, string>; signal?: AbortSignal },
): Promise<Dispatcher.ResponseData> {
  let target = url
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const refusal = rules.refusal(target)
    if (refusal !== undefined) throw new HostRefused(target.hostname, refusal)
    const response = await request(target, {
      dispatcher: await agent.wayTo(target),
      // A compressed body would make sizes and ranges mean something else.
      headers: { 'accept-encoding': 'identity', 'user-agent': 'matteflow', ...headers },
      ...(signal && { signal }),
    })
    if (!REDIRECT_STATUSES.has(response.statusCode)) return response
    await response.body.dump()
    target = redirectTarget(response, target)
  }
  throw new RedirectFailed(`${url.hostname} redirects more than ${MAX_REDIRECTS} times`)
}

function redirectTarget(response: Dispatcher.ResponseData, from: URL): URL {
  const location = headerOf(response, 'location')
  if (location === undefined || !URL.canParse(location, from.href)) {
    throw new RedirectFailed(`${from.hostname} redirects to nowhere`)
  }
  return new URL(location, from)
}

/** The first value of a response header. */
export function headerOf(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name]
  return Array.isArray(value) ? value[0] : value
}
