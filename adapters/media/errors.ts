import { RemovalFailure } from '../../domain/removal-failure.ts'
import { ToolFailed } from './tools/tool-failed.ts'

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
