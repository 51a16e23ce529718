import type { Config } from '../../adapters/environment/config.ts'
import { createVendorClient } from '../../adapters/removebgvideo/index.ts'
import type { Proxies } from '../../domain/proxies.ts'
import { proxyOf, shownProxy } from '../../domain/proxies.ts'
import type { Stack } from '../../local/stack/stack.ts'
import type { Problem } from './problem.ts'
import { problemFrom } from './problem.ts'

/** The vendor answers, by the proxy if there is one, and accepts the key; or there is a stack that has one. */
export async function checkVendor({ vendor, proxies }: Config, stack: Stack | null): Promise<Problem[]> {
  const baseUrl = stack?.vendor?.baseUrl ?? vendor.baseUrl
  const client = createVendorClient({
    baseUrl,
    apiKey: vendor.apiKey ?? 'none',
    keyAlias: vendor.keyAlias,
    callTimeoutMs: Math.min(vendor.callTimeoutMs, 5_000),
    proxies,
  })
  try {
    if (vendor.apiKey !== null) await client.listJobs({ limit: 1 })
    else if (stack?.vendor) await client.health()
    else return [MISSING_KEY]
    return []
  } catch (error) {
    const found = problemFrom(error)
    return [{ ...found, problem: `${found.problem} (${baseUrl})` }]
  } finally {
    await client.close()
  }
}

/** The proxy that calls to a URL take; null where they go directly. Never shows its password. */
export function proxyWords(url: string, proxies: Proxies): string | null {
  const proxy = proxyOf(proxies, new URL(url))
  return proxy === null ? null : shownProxy(proxy)
}

const MISSING_KEY: Problem = {
  kind: 'InvalidRequest',
  problem: 'REMOVEBGVIDEO_API_KEY is not set',
  fix: 'Set it to the key of your vendor account; `matteflow dev` and `matteflow demo` go without, with the built-in sandbox.',
}
