import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { Sandbox, SandboxOptions } from '../../../sandbox/index.ts'
import { startSandbox } from '../../../sandbox/index.ts'
import type { CliOptions, CliRun, User } from './run-cli.ts'
import { createUser, runCli } from './run-cli.ts'

const LONG_MS = 120_000

/** What the tests of one file share: a user, their vendor, and the stack that their first command starts. */
export interface StackUnderTest {
  user: User
  sandbox: Sandbox
  /** Runs one command line of the user in their home. */
  cli(...args: string[]): Promise<CliRun>
  /** The same with what only a few tests need: a signal, or ears for what is said meanwhile. */
  cliWith(options: Pick<CliOptions, 'signal' | 'onSaid'>, ...args: string[]): Promise<CliRun>
  /** A path in the user's home. */
  at(...names: string[]): string
}

/** Makes a user and a vendor before the tests of a file, and stops the user's stack after them. */
export function useStack(
  modes: NonNullable<SandboxOptions['modes']> = { instant: true },
  environment: Record<string, string> = {},
): StackUnderTest {
  const stack = {
    cli: (...args) => stack.cliWith({}, ...args),
    cliWith: (options, ...args) =>
      runCli(args, { ...options, cwd: stack.user.home, environment: stack.user.environment }),
    at: (...names) => join(stack.user.home, ...names),
  } as StackUnderTest

  beforeAll(async () => {
    stack.user = await createUser()
    stack.sandbox = await startSandbox({ dataDir: stack.at('vendor'), modes })
    Object.assign(stack.user.environment, {
      REMOVEBGVIDEO_BASE_URL: stack.sandbox.url,
      REMOVEBGVIDEO_API_KEY: stack.sandbox.keys[0] ?? '',
      ...environment,
    })
  }, LONG_MS)

  afterAll(async () => {
    await stack.cli('stop')
    await stack.sandbox.close()
    await rm(stack.user.home, { recursive: true, force: true })
  }, LONG_MS)

  return stack
}
