import { RemovalFailure } from '../../domain/removal-failure.ts'

/** How ffmpeg words its own shortcomings. They must never pass for a bad output, which may be bought again. */
const OUR_FAULT =
  /unrecognized option|unknown decoder|unknown input format|no such filter|option not found|cannot allocate|too many open files|input\/output error|permission denied|no space left/i

/**
 * What an error of a decoder means: `PlatformUnavailable` where it is the fault of our own machine, the error itself
 * where it is none of ffmpeg's, undefined where the file cannot be decoded, or not to its end.
 */
export function failureFromDecoder(error: unknown): Error | undefined {
  if (!(error instanceof ToolFailed))
    return error instanceof Error ? error : new Error(String(error), { cause: error })
  if (error.exitCode !== null && !OUR_FAULT.test(error.stderr)) return undefined
  return new RemovalFailure('PlatformUnavailable', `verify output: ${error.message}`, {
    hint: 'Check memory and the installed ffmpeg: 5.1 or newer with libvpx is needed (`matteflow doctor`).',
    cause: error,
  })
}

/** A tool that is not installed. */
export function missingTool(tool: string): RemovalFailure {
  return new RemovalFailure('PlatformUnavailable', `${tool} is not on PATH`, {
    hint: 'Install ffmpeg (for example: apt-get install ffmpeg, or brew install ffmpeg) where the worker runs.',
  })
}

/** A tool of the ffmpeg package. */
export type MediaTool = 'ffmpeg' | 'ffprobe'

/** A tool that ended with an exit code other than 0, or by a signal (null). The message holds stderr's last line. */
export class ToolFailed extends Error {
  override readonly name = 'ToolFailed'
  readonly exitCode: number | null
  readonly stderr: string

  constructor(tool: MediaTool, exitCode: number | null, stderr: string) {
    super(`${tool} ended with ${exitCode ?? 'a signal'}: ${stderr.trim().split('\n').at(-1) ?? ''}`)
    this.exitCode = exitCode
    this.stderr = stderr
  }
}
