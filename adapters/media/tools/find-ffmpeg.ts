import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { RemovalFailure } from '../../../domain/removal-failure.ts'

/** A tool of the ffmpeg package. */
export type MediaTool = 'ffmpeg' | 'ffprobe'

/** The path of a tool on `PATH`; `PlatformUnavailable` with the way out when it is not installed. */
export function findFfmpeg(tool: MediaTool, path: string = process.env['PATH'] ?? ''): string {
  const found = path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, tool))
    .find(isExecutable)
  if (found !== undefined) return found
  throw new RemovalFailure('PlatformUnavailable', `${tool} is not on PATH`, {
    hint: 'Install ffmpeg (for example: apt-get install ffmpeg, or brew install ffmpeg) where the worker runs.',
  })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
