import type { Config } from '../../config.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { buildId } from '../home/build-id.ts'
import type { Stack } from './stack.ts'

/** Refuses to hand work to a stack that would do it with another vendor, key or build than the caller means. */
export async function checkJoinable(
  stack: Stack,
  config: Config,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const namesVendor = config.vendor.apiKey !== null || Boolean(environment['REMOVEBGVIDEO_BASE_URL'])
  if (namesVendor && stack.vendor !== null) {
    if (stack.vendor.baseUrl !== config.vendor.baseUrl) {
      throw refused(`works with the vendor at ${stack.vendor.baseUrl}, not ${config.vendor.baseUrl}`)
    }
    if (stack.vendor.keyAlias !== config.vendor.keyAlias) {
      throw refused(`works with the key ${stack.vendor.keyAlias}, not ${config.vendor.keyAlias}`)
    }
  }
  const build = await buildId()
  if (stack.build !== build) throw refused(`is of another build of matteflow (${stack.build}, not ${build})`)
}

function refused(difference: string): RemovalFailure {
  return new RemovalFailure('InvalidRequest', `the embedded stack that runs ${difference}`, {
    hint: 'Run `matteflow stop` and try again: what is unfinished goes on with the next stack. Or use another MATTEFLOW_HOME.',
  })
}
