import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { MediaTool } from '../errors.ts'
import { missingTool, ToolFailed } from '../errors.ts'

/** How much of what a tool says on stderr is kept: its end, where the reason stands. */
const STDERR_CHARACTERS = 4_096

export interface ToolOptions {
  signal?: AbortSignal
  /** What the tool reads on stdin. */
  input?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  /** Takes stdout as it comes; false says that this is enough, and ends the tool without a fault. */
  onOutput?: (chunk: Buffer) => boolean
}

/** Runs ffmpeg or ffprobe to its end, with arguments that no shell sees. Killed when the signal fires. */
export async function runTool(
  tool: MediaTool,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<void> {
  const { signal, input, onOutput } = options
  signal?.throwIfAborted()
  const child = spawn(findFfmpeg(tool), args, { stdio: ['pipe', 'pipe', 'pipe'], env: withoutProxy() })
  const kill = (): void => void child.kill('SIGKILL')
  signal?.addEventListener('abort', kill, { once: true })
  let stderr = ''
  let hasEnough = false
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_CHARACTERS)
  })
  child.stdout.on('data', (chunk: Buffer) => {
    if (hasEnough || onOutput?.(chunk) !== false) return
    hasEnough = true
    kill()
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  // A tool that has read enough closes its end: that is for its exit code to judge.
  const fed =
    input === undefined ? child.stdin.end() : pipeline(Readable.from(input), child.stdin).catch(() => {})
  try {
    const code = await ended
    await fed
    signal?.throwIfAborted()
    if (code !== 0 && !hasEnough) throw new ToolFailed(tool, code, stderr)
  } finally {
    signal?.removeEventListener('abort', kill)
    kill()
  }
}

/** The only URLs that tools read are our own, on loopback, and no proxy reaches those. */
function withoutProxy(): NodeJS.ProcessEnv {
  const { http_proxy: _lower, HTTP_PROXY: _upper, all_proxy: _all, ...rest } = process.env
  return rest
}

/** Everything a tool writes on stdout; for small answers. */
export async function readTool(
  tool: MediaTool,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<Buffer> {
  const chunks: Buffer[] = []
  await runTool(tool, args, {
    ...options,
    onOutput(chunk) {
      chunks.push(chunk)
      return true
    },
  })
  return Buffer.concat(chunks)
}

/** The path of a tool on `PATH`; `PlatformUnavailable` with the way out when it is not installed. */
export function findFfmpeg(tool: MediaTool, path: string = process.env['PATH'] ?? ''): string {
  const found = path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, tool))
    .find(isExecutable)
  if (found !== undefined) return found
  throw missingTool(tool)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
