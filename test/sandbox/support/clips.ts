import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { runFfmpeg } from './run-ffmpeg.ts'

/** A folder for the tests of one file, gone afterwards. */
export function useFolder(): () => string {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'matteflow-test-sandbox-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return () => folder
}

type Picture = {
  /** Colour of what stands still; a test picture without a word. */
  screen?: string
  seconds?: number
  sound?: boolean
}

/** A clip of 160×120 in which a red square crosses the picture. */
export async function paintClip(path: string, { screen, seconds = 1, sound = false }: Picture = {}) {
  const still = screen === undefined ? 'smptebars=s=160x120:r=10' : `color=c=${screen}:s=160x120:r=10`
  const tone = sound ? lavfi(`sine=d=${seconds}`) : []
  await runFfmpeg([
    ...lavfi(`${still}:d=${seconds}`),
    ...lavfi(`color=c=red:s=40x40:r=10:d=${seconds}`),
    ...tone,
    '-filter_complex',
    `[0:v][1:v]overlay=x=10+t*100/${seconds}:y=40:shortest=1,format=yuv420p[v]`,
    '-map',
    '[v]',
    ...(sound ? ['-map', '2:a', '-c:a', 'aac'] : []),
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    path,
  ])
  return path
}

function lavfi(source: string): string[] {
  return ['-f', 'lavfi', '-i', source]
}
