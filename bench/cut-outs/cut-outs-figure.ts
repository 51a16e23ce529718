import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { probeVideo } from '../../sandbox/media/input/probe-video.ts'
import { keyRenderer } from '../../sandbox/media/key/key-renderer.ts'
import { findPersonPart } from '../../sandbox/media/person/find-person-part.ts'
import { createPersonRenderer } from '../../sandbox/media/person/person-renderer.ts'
import type { Renderer, RenderPlan } from '../../sandbox/media/renderer.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { median } from '../percentile.ts'
import type { PersonClip } from './compose-person.ts'
import { BACKGROUNDS, composePerson, knownMatte } from './compose-person.ts'
import { overlap } from './overlap.ts'
import { peakOfChildren } from './peak-of-children.ts'

const SIZES = [
  { width: 640, height: 360 },
  { width: 1280, height: 720 },
] as const
const FRAMES = { quick: 25, full: 150 } as const
const TURNS = { quick: 1, full: 3 } as const
const MATTE_FRAMES = 10
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PART = ['@litertjs', '@mediapipe']
const TOOLS = { ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', signal: new AbortController().signal }

/** The model that knows people beside ffmpeg alone, how near it comes to known mattes, and what it takes on disk. */
export async function cutOutsFigure({ quick, folder, progress }: BenchContext): Promise<BenchRow[]> {
  const part = findPersonPart()
  if (part === null) throw new Error('the packages that know people are not installed')
  const person = createPersonRenderer(part)
  const rows: BenchRow[] = []
  for (const size of SIZES) {
    const frames = quick ? FRAMES.quick : FRAMES.full
    const clip: PersonClip = { background: 'wall', ...size, framesPerSecond: 25, frames }
    const ours: number[] = []
    const alone: number[] = []
    let peak: number | null = null
    for (let turn = 1; turn <= (quick ? TURNS.quick : TURNS.full); turn += 1) {
      progress(`${size.width}×${size.height}, turn ${turn}`)
      const { input, plan } = await planFor(clip, folder)
      await composePerson(input, clip)
      const timed = async (renderer: Renderer, matte: RenderPlan['matte']) => {
        const begun = performance.now()
        const held = await peakOfChildren(async () =>
          renderer.render({ ...(await plan()), matte }, TOOLS, () => {}),
        )
        return { rate: (frames * 1_000) / (performance.now() - begun), held }
      }
      const { rate, held } = await timed(person, null)
      ours.push(rate)
      if (held !== null) peak = Math.max(held, peak ?? 0)
      alone.push((await timed(keyRenderer, { by: 'none', opacity: 1 })).rate)
    }
    const name = `${size.width} × ${size.height}`
    const beside = { what: 'ffmpeg decoding and encoding alone', value: median(alone) }
    rows.push(row({ figure: `people cut out of ${name}`, value: median(ours), unit: 'frames/s', beside }))
    if (peak !== null) rows.push(row({ figure: `memory of that at ${name}`, value: peak, unit: 'MiB' }))
  }
  return [...rows, await matteRow(person, folder), await sizeRow()]
}

async function matteRow(person: Renderer, folder: string): Promise<BenchRow> {
  const overlaps: number[] = []
  for (const background of BACKGROUNDS) {
    const clip: PersonClip = {
      background,
      ...SIZES[0],
      framesPerSecond: 25,
      frames: MATTE_FRAMES,
    }
    const { input, plan } = await planFor(clip, folder)
    await composePerson(input, clip)
    const made = await plan()
    await person.render(made, TOOLS, () => {})
    overlaps.push(overlap(await alphaOf(made.output, clip), await knownMatte(clip)))
  }
  const value = overlaps.reduce((sum, share) => sum + share, 0) / overlaps.length
  const note = BACKGROUNDS.map((name, index) => `${name} ${overlaps[index]?.toFixed(3)}`).join(', ')
  return row({
    figure: 'overlap with known mattes',
    value,
    unit: 'IoU',
    aim: '≥ 0.95',
    met: value >= 0.95,
    note,
  })
}

async function sizeRow(): Promise<BenchRow> {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>
  }
  // A package within another one counts with that.
  const shipped = Object.keys(lock.packages).filter(
    (path) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && lock.packages[path]?.dev !== true,
  )
  const isPart = (path: string) => PART.some((scope) => path.startsWith(`node_modules/${scope}/`))
  const total = async (paths: string[]) =>
    (await Promise.all(paths.map((path) => sizeOf(join(ROOT, path))))).reduce((sum, size) => sum + size, 0) /
    1e6
  const value = await total(shipped.filter(isPart))
  const others = await total(shipped.filter((path) => !isPart(path)))
  const beside = { what: 'all other packages of an install', value: others }
  return row({ figure: 'packages that know people', value, unit: 'MB', beside })
}

async function sizeOf(folder: string): Promise<number> {
  // Packages for other platforms are in the lock file and not here.
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Where the clip belongs, and the order for a transparent WebM of it once it is there. */
async function planFor({ background, width }: PersonClip, folder: string) {
  const workDir = join(folder, `${background}-${width}`)
  await mkdir(workDir, { recursive: true })
  const input = join(workDir, 'clip.mp4')
  const plan = async (): Promise<RenderPlan> => {
    const facts = await probeVideo(input, TOOLS)
    return {
      input,
      facts,
      seconds: facts.durationSeconds,
      settings: {
        model: 'human',
        outputFormat: 'webm',
        background: { type: 'transparent' },
        textPrompt: null,
        composition: null,
        previewSeconds: null,
      },
      matte: null,
      backgroundImage: null,
      workDir,
      output: join(workDir, 'cut-out.webm'),
    }
  }
  return { input, plan }
}

async function alphaOf(webm: string, { width, height }: PersonClip): Promise<Buffer[]> {
  const filter = ['-vf', 'format=rgba,alphaextract,format=gray', '-f', 'rawvideo', '-']
  const options = { encoding: 'buffer', maxBuffer: 1 << 30 } as const
  const args = ['-v', 'error', '-c:v', 'libvpx-vp9', '-i', webm, ...filter]
  const { stdout } = await promisify(execFile)('ffmpeg', args, options)
  const size = width * height
  return Array.from({ length: stdout.length / size }, (_, at) => stdout.subarray(at * size, (at + 1) * size))
}
