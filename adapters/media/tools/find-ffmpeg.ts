import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { missingTool } from '../errors.ts'
import type { MediaTool } from './tool-failed.ts'

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
