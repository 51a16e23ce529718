import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs ffmpeg to its end and gives its standard output. */
export async function runFfmpeg(args: readonly string[]): Promise<Buffer> {
  const options = { encoding: 'buffer', maxBuffer: 1 << 28 } as const
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-y', '-threads', '1', ...args], options)
  return stdout
}
