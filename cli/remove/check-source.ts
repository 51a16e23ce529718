import { checkInputUrl } from '../../adapters/transfer/check-input-url.ts'
import { createInputHostRules } from '../../adapters/transfer/host-rules.ts'
import type { Config } from '../../config.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import { findStack } from '../../local/stack/stack.ts'
import { checkFile } from '../removal/check-file.ts'

/** Refuses an input that cannot be processed, before anything is started for it. */
export async function checkSource({ source }: RemovalRequest, config: Config): Promise<void> {
  if (typeof source === 'string') await checkHere(source)
  else if ('url' in source) await checkUrl(source.url, config)
}

async function checkHere(path: string): Promise<void> {
  await checkFile(path).catch((error: unknown) => {
    // Where this machine has no ffmpeg, the worker's has: it looks again before anything is bought.
    if (!isRemovalFailure(error) || error.kind !== 'PlatformUnavailable') throw error
  })
}

async function checkUrl(url: string, config: Config): Promise<void> {
  // The vendor's own host may be private: a sandbox, for instance, that only the running stack knows.
  const baseUrl = (await findStack(config.home))?.vendor?.baseUrl ?? config.vendor.baseUrl
  await checkInputUrl(url, createInputHostRules(baseUrl, config))
}
