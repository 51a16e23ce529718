import { RemovalFailure } from '../../../domain/removal-failure.ts'
import type { ToolOptions } from '../tools/run-tool.ts'
import { runTool, ToolFailed } from '../tools/run-tool.ts'

/** What to decode: ffmpeg's arguments up to the output, which must be 8-bit grey frames of `planeBytes`. */
export interface PlaneJob {
  args: readonly string[]
  planeBytes: number
  /** What ffmpeg reads on stdin. */
  input?: ToolOptions['input']
  signal?: AbortSignal
}

/** Hands each decoded plane to `onPlane` until it answers false. The buffer is reused for the next plane. */
export async function decodePlanes(job: PlaneJob, onPlane: (plane: Uint8Array) => boolean): Promise<void> {
  const { args, planeBytes, input, signal } = job
  const plane = Buffer.alloc(planeBytes)
  let filled = 0
  function onOutput(chunk: Buffer): boolean {
    for (let offset = 0; offset < chunk.byteLength; ) {
      const copied = chunk.copy(plane, filled, offset)
      offset += copied
      filled += copied
      if (filled < planeBytes) continue
      filled = 0
      if (!onPlane(plane)) return false
    }
    return true
  }
  const output = [
    '-an',
    '-sn',
    '-dn',
    '-fps_mode',
    'passthrough',
    '-pix_fmt',
    'gray',
    '-f',
    'rawvideo',
    'pipe:1',
  ]
  const ffmpegArgs = ['-v', 'error', '-nostats', ...(input ? [] : ['-nostdin']), ...args, ...output]
  await runTool('ffmpeg', ffmpegArgs, { onOutput, ...(input && { input }), ...(signal && { signal }) }).catch(
    (error: unknown) => {
      throw error instanceof ToolFailed ? decodeFailure(error) : error
    },
  )
}

/** How ffmpeg words its own shortcomings. They must never pass for a bad output, which may be bought again. */
const OUR_FAULT =
  /unrecognized option|unknown decoder|unknown input format|no such filter|option not found|cannot allocate|too many open files|input\/output error|permission denied/i

function decodeFailure(error: ToolFailed): RemovalFailure {
  const isOurs = error.exitCode === null || OUR_FAULT.test(error.stderr)
  if (!isOurs)
    return new RemovalFailure('OutputInvalid', `output: it cannot be decoded (${error.message})`, {
      cause: error,
    })
  return new RemovalFailure('PlatformUnavailable', `verify output: ${error.message}`, {
    hint: 'Check memory and the installed ffmpeg: 5.1 or newer with libvpx is needed (`matteflow doctor`).',
    cause: error,
  })
}
