import { failureFromDecoder } from '../errors.ts'
import type { ToolOptions } from '../tools/run-tool.ts'
import { runTool } from '../tools/run-tool.ts'

/** What to decode: ffmpeg's arguments up to the output, which must be 8-bit grey frames. */
export interface PlaneJob {
  args: readonly string[]
  /** What ffmpeg reads on stdin. */
  input?: ToolOptions['input']
  signal?: AbortSignal
}

/** Takes the planes as they come, in pieces: a whole one need not fit into memory. False says "enough". */
export interface PlaneSink {
  begin(planeBytes: number): void
  piece(bytes: Uint8Array): void
  end(): boolean
}

/**
 * Decodes planes until the sink has enough. What cannot be decoded ends it early, and the sink knows how much there
 * was; fails only for what is the fault of our own machine, as `PlatformUnavailable`.
 */
export async function decodePlanes({ args, input, signal }: PlaneJob, sink: PlaneSink): Promise<void> {
  const output = ['-an', '-sn', '-dn', '-fps_mode', 'passthrough', '-pix_fmt', 'gray']
  const ffmpegArgs = [
    ...['-v', 'error', '-nostats', ...(input ? [] : ['-nostdin']), ...args, ...output],
    ...['-c:v', 'pgm', '-f', 'image2pipe', 'pipe:1'],
  ]
  const onOutput = pgmReader(sink)
  await runTool('ffmpeg', ffmpegArgs, { onOutput, ...(input && { input }), ...(signal && { signal }) }).catch(
    (error: unknown) => {
      const ours = failureFromDecoder(error)
      if (ours !== undefined) throw ours
    },
  )
}

/** Each frame is a PGM picture, which carries its own size: frames need not be equal. */
function pgmReader(sink: PlaneSink): (chunk: Buffer) => boolean {
  let header = ''
  let left = 0
  return (chunk) => {
    for (let offset = 0; offset < chunk.byteLength; ) {
      if (left === 0) {
        header += String.fromCharCode(chunk[offset] ?? 0)
        offset += 1
        const size = /^P5\s(\d+) (\d+)\s\d+\s$/.exec(header)
        if (size === null) continue
        header = ''
        left = Number(size[1]) * Number(size[2])
        sink.begin(left)
      } else {
        const piece = chunk.subarray(offset, offset + left)
        offset += piece.byteLength
        left -= piece.byteLength
        sink.piece(piece)
        if (left === 0 && !sink.end()) return false
      }
    }
    return true
  }
}
