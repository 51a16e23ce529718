import { RemovalFailure } from '../../domain/removal-failure.ts'

/** Runs a step on our own disk: what goes wrong there is `PlatformUnavailable`. */
export async function onDisk<Result>(path: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    const reason = code === 'ENOSPC' ? 'the disk is full' : code
    throw new RemovalFailure('PlatformUnavailable', `write ${path}: ${reason}`, { cause: error })
  }
}
