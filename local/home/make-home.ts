import { access, constants, mkdir } from 'node:fs/promises'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { homePaths } from './home-paths.ts'

/** Makes the folders of a home. Fails in one sentence where it cannot be written. */
export async function makeHome(home: string): Promise<void> {
  try {
    await mkdir(homePaths(home).logs, { recursive: true })
    await access(home, constants.W_OK)
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new RemovalFailure('PlatformUnavailable', `MATTEFLOW_HOME: ${home} cannot be written (${reason})`, {
      hint: 'Make the folder writable for this user, or set MATTEFLOW_HOME to one that is.',
      cause: error,
    })
  }
}
