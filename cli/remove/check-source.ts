import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { probeInput } from '../../adapters/media/input/probe-input.ts'
import { checkInputUrl } from '../../adapters/transfer/check-input-url.ts'
import { createInputHostRules } from '../../adapters/transfer/host-rules.ts'
import type { Config } from '../../config.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import { findStack } from '../../local/stack/stack.ts'

/** Refuses an input that cannot be processed, before anything is started for it. */
export async function checkSource({ source }: RemovalRequest, config: Config): Promise<void> {
  if (typeof source === 'string') await checkFile(source)
  else if ('url' in source) await checkUrl(source.url, config)
}

async function checkFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const reason =
      error.code === 'ENOENT' || error.code === 'ENOTDIR'
        ? 'does not exist'
        : `cannot be read (${error.code})`
    throw new RemovalFailure('InvalidInput', `${path} ${reason}: expected a video file`, { cause: error })
  })
  if (!found.isFile() && !found.isDirectory()) {
    throw new RemovalFailure('InvalidInput', `${path} is not a file: expected a video file`)
  }
  await probeInput({ path }, basename(path)).catch((error: unknown) => {
    // Where this machine has no ffmpeg, the worker's has: it looks again before anything is bought.
    if (!isRemovalFailure(error) || error.kind !== 'PlatformUnavailable') throw error
  })
}

async function checkUrl(url: string, config: Config): Promise<void> {
  // The vendor's own host may be private: a sandbox, for instance, that only the running stack knows.
  const baseUrl = (await findStack(config.home))?.vendor?.baseUrl ?? config.vendor.baseUrl
  await checkInputUrl(url, createInputHostRules(baseUrl, config))
}
