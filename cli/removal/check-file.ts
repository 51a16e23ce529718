import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { ProbedInput } from '../../adapters/media/input/probe-input.ts'
import { probeInput } from '../../adapters/media/input/probe-input.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'

/** What a local video is; refuses one that cannot be processed, by its path. */
export async function checkFile(path: string): Promise<ProbedInput> {
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
  return await probeInput({ path }, basename(path))
}
