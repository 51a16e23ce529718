import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { stopStack } from '../../../local/stack/stop-stack.ts'

/** A MATTEFLOW_HOME of a test's own; what runs in it ends with the test. */
export async function aHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'matteflow-home-'))
  onTestFinished(async () => {
    await stopStack(home)
    await rm(home, { recursive: true, force: true })
  }, 60_000)
  return home
}
