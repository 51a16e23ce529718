import { readTool } from './run-tool.ts'

/** What the verification of outputs decodes with; Linux distributions have all of them. */
const NEEDED_DECODERS = ['libvpx', 'libvpx-vp9', 'prores', 'h264', 'gif', 'webp', 'png']
const LEAST_VERSION = [5, 1] as const

/**
 * What is wrong with the installed ffmpeg, as a sentence; undefined when it serves. `PlatformUnavailable` when
 * there is none. Builds from a development branch have no version number and are taken as new.
 */
export async function ffmpegProblem(signal?: AbortSignal): Promise<string | undefined> {
  const options = signal ? { signal } : {}
  await readTool('ffprobe', ['-v', 'error', '-version'], options)
  const version = /^ffmpeg version n?(\d+)\.(\d+)/.exec(
    (await readTool('ffmpeg', ['-version'], options)).toString(),
  )
  if (version !== null && isOlder(Number(version[1]), Number(version[2]))) {
    return `ffmpeg ${version[1]}.${version[2]} is too old: ${LEAST_VERSION.join('.')} or newer is needed`
  }
  const listed = (await readTool('ffmpeg', ['-v', 'error', '-decoders'], options)).toString()
  const names = new Set(listed.split('\n').map((line) => line.trim().split(/\s+/)[1]))
  const missing = NEEDED_DECODERS.filter((name) => !names.has(name))
  return missing.length === 0 ? undefined : `ffmpeg lacks the decoders ${missing.join(', ')}`
}

function isOlder(major: number, minor: number): boolean {
  return major < LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor < LEAST_VERSION[1])
}
