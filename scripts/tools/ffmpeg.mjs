import { aptInstall } from './apt-install.mjs'
import { findOnPath } from './find-on-path.mjs'
import { ToolMissing } from './tool-missing.mjs'

export async function findFfmpeg() {
  const [ffmpeg, ffprobe] = [findOnPath('ffmpeg'), findOnPath('ffprobe')]
  return ffmpeg && ffprobe ? { ffmpeg, ffprobe } : undefined
}

/** @param {{ log?: (line: string) => void }} [options] */
export async function ensureFfmpeg({ log = console.error } = {}) {
  const found = await findFfmpeg()
  if (found) return found
  const problem = await aptInstall(['ffmpeg'], log)
  const installed = await findFfmpeg()
  if (installed) return installed
  throw new ToolMissing(
    'ffmpeg',
    ['install ffmpeg 5.1 or later with your package manager, so that ffmpeg and ffprobe are on PATH'],
    problem,
  )
}
