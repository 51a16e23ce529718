import { afterEach } from 'vitest'
import type { Sandbox, SandboxOptions } from '../../../sandbox/index.ts'
import { startSandbox } from '../../../sandbox/index.ts'
import type { VendorClient } from './vendor-client.ts'
import { createVendorClient } from './vendor-client.ts'

type Started = { sandbox: Sandbox; vendor: VendorClient }

/** Starts sandboxes that end with their test and share one folder of renderings. */
export function useSandbox(renderCacheDir: () => string): (options?: SandboxOptions) => Promise<Started> {
  const running: Sandbox[] = []
  afterEach(async () => {
    await Promise.all(running.splice(0).map((sandbox) => sandbox.close()))
  })
  return async (options = {}) => {
    const sandbox = await startSandbox({
      renderCacheDir: renderCacheDir(),
      ...options,
      modes: { instant: true, ...options.modes },
    })
    running.push(sandbox)
    return { sandbox, vendor: createVendorClient(sandbox) }
  }
}
