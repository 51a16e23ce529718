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
