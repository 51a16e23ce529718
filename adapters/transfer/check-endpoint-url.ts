import type { Proxies } from '../../domain/proxies.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { checkInputUrl } from './check-input-url.ts'
import { createInputHostRules, portOf } from './host-rules.ts'

/** Which private hosts an endpoint may have, and the way out. */
export interface EndpointRules {
  privateHosts: readonly string[]
  proxies: Proxies
}

/**
 * Refuses an endpoint that no webhook may be sent to, with `InvalidRequest` and one sentence saying why. Signatures
 * travel to nobody in clear: plain HTTP is for hosts that MATTEFLOW_PRIVATE_HOSTS names.
 */
export async function checkEndpointUrl(
  text: string,
  { privateHosts, proxies }: EndpointRules,
): Promise<void> {
  const rules = createInputHostRules(null, { privateHosts, proxies })
  await checkInputUrl(text, rules, undefined, 'the endpoint').catch((error: unknown) => {
    if (!(error instanceof RemovalFailure)) throw error
    throw refused(error.message, error)
  })
  const url = new URL(text)
  // What nobody may reach without being named was let pass above.
  const isPrivate = createInputHostRules(null, { proxies }).refusal(url) !== undefined
  const isNamed = isPrivate || rules.trusts(url.hostname, portOf(url))
  if (url.protocol !== 'https:' && !isNamed)
    throw refused('the endpoint: expected https://, or a host that MATTEFLOW_PRIVATE_HOSTS names')
}

function refused(message: string, cause?: unknown): RemovalFailure {
  return new RemovalFailure('InvalidRequest', message, {
    hint: 'Give an address that this service may reach, or name its host in MATTEFLOW_PRIVATE_HOSTS.',
    cause,
  })
}
