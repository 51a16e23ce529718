import { spawn } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../../../cli/run-program.ts'

const BIN = fileURLToPath(new URL('../../../cli/matteflow.js', import.meta.url))

/** What somebody who has just installed matteflow has: a home of their own, and nothing set. */
export interface User {
  home: string
  environment: Record<string, string>
}

export interface CliRun {
  exitCode: number | null
  stdout: string
  stderr: string
}

export async function createUser(): Promise<User> {
  const home = await mkdtemp(join(tmpdir(), 'matteflow-user-'))
  return {
    home,
    environment: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      // The tools that are installed already are not fetched again for each user.
      XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'),
    },
  }
}

export interface CliOptions {
  environment: Record<string, string>
  cwd?: string
  /** Sends Ctrl-C. */
  signal?: AbortSignal
  /** Hears what is on stderr so far, after each addition. */
  onSaid?: (stderr: string) => void
}

/** Runs one command line as a shell would, without a terminal. */
export async function runCli(
  args: string[],
  { environment, cwd, signal, onSaid }: CliOptions,
): Promise<CliRun> {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: cwd ?? environment['HOME'],
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal, killSignal: 'SIGINT' }),
  })
  // A stack that a command starts keeps none of these open; all ends with the command.
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('exit', (code) => resolve(code))
    child.once('error', (error) => (error.name === 'AbortError' ? undefined : reject(error)))
  })
  let said = ''
  if (onSaid !== undefined) child.stderr.on('data', (chunk: Buffer) => onSaid((said += chunk.toString())))
  const [exitCode, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)])
  return { exitCode, stdout, stderr }
}

/**
 * Runs one command line in this process: what a command that refuses says, without the price of a process. The working
 * folder is this process's own.
 */
export async function runCliHere(
  args: string[],
  { environment }: { environment: Record<string, string> },
): Promise<CliRun> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const said = Promise.all([text(stdout), text(stderr)])
  const process = { argv: ['node', BIN, ...args], env: environment, stdout, stderr }
  const exitCode = await runProgram(process as unknown as NodeJS.Process)
  stdout.end()
  stderr.end()
  const [out, err] = await said
  return { exitCode, stdout: out, stderr: err }
}
