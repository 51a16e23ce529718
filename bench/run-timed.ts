import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

export interface TimedRun {
  seconds: number
  stdout: string
}

/** Runs a command to its end and takes its time. Throws with what it said when it fails. */
export async function runTimed(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<TimedRun> {
  const begun = performance.now()
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  const seconds = (performance.now() - begun) / 1_000
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr.slice(-10_000)}`)
  return { seconds, stdout }
}
