import { statfs } from 'node:fs/promises'
import { findFfmpeg } from '#tools'
import { ffmpegProblem } from '../../adapters/media/tools/check-ffmpeg.ts'
import { makeHome } from '../../local/home/home-paths.ts'
import type { Problem } from './problem.ts'

const NEEDED_NODE = [22, 18] as const
/** An input, its output and a margin, each at the vendor's limit. */
const LEAST_FREE_BYTES = 2_000_000_000

export function checkNode(version = process.versions.node): Problem[] {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > NEEDED_NODE[0] || (major === NEEDED_NODE[0] && minor >= NEEDED_NODE[1])) return []
  const problem = `Node ${version} is too old: ${NEEDED_NODE.join('.')} or newer is needed`
  return [{ kind: 'Unexpected', problem, fix: 'Install a current Node.' }]
}

export async function checkFfmpeg(): Promise<Problem[]> {
  const fix = 'Install ffmpeg 5.1 or newer where the worker runs, for example: apt-get install ffmpeg.'
  if ((await findFfmpeg()) === undefined) {
    return [{ kind: 'PlatformUnavailable', problem: 'ffmpeg and ffprobe are not on PATH', fix }]
  }
  const problem = await ffmpegProblem()
  return problem === undefined ? [] : [{ kind: 'PlatformUnavailable', problem, fix }]
}

export async function checkDisk(home: string): Promise<Problem[]> {
  await makeHome(home)
  const { bavail, bsize } = await statfs(home)
  const freeBytes = bavail * bsize
  if (freeBytes >= LEAST_FREE_BYTES) return []
  const problem = `only ${Math.floor(freeBytes / 1_000_000)} MB are free at ${home}`
  return [
    { kind: 'PlatformUnavailable', problem, fix: 'Free some disk space, or set MATTEFLOW_HOME elsewhere.' },
  ]
}
