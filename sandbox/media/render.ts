import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import type { JobSettings } from '../state/vendor-job.ts'
import type { Choice } from './choose-renderer.ts'
import { fetchFile } from './input/fetch-file.ts'
import type { VideoFacts } from './input/probe-video.ts'
import type { Matte } from './key/matte.ts'
import { outputKind } from './output/output-kind.ts'
import type { Renderer, RenderPlan } from './renderer.ts'
import type { Tools } from './run-tool.ts'
import { runTool } from './run-tool.ts'

export interface RenderRequest {
  input: string
  facts: VideoFacts
  settings: JobSettings
  /** Prescribes the matte instead of looking for the foreground. */
  matte: Matte | null
  /** What is done to the bytes of the file that was made. */
  bend?: Bend
  /** Hears what share of the frames is done, or 1 where nobody counts. */
  onShare: (share: number) => void
}

/** How much of the input a request is about. */
export function secondsOf({ facts, settings }: RenderRequest): number {
  return Math.min(facts.durationSeconds, settings.previewSeconds ?? Number.POSITIVE_INFINITY)
}

/** Renders into the folder and names the file that it made there. */
export async function render(
  request: RenderRequest,
  { matte }: Choice,
  renderer: Renderer,
  folder: string,
  tools: Tools,
): Promise<string> {
  const { input, facts, settings, onShare } = request
  const workDir = join(folder, 'work')
  const frames = join(folder, 'frames')
  await mkdir(workDir, { recursive: true })
  const name = `output.${outputKind(settings.outputFormat).extension}`
  const isSequence = settings.outputFormat === 'png_sequence'
  if (isSequence) await mkdir(frames)
  const output = isSequence ? join(frames, 'frame_%05d.png') : join(workDir, name)
  const backgroundImage = await fetchBackground(settings, workDir, tools)
  const seconds = secondsOf(request)
  const plan: RenderPlan = { input, facts, settings, seconds, matte, backgroundImage, workDir, output }
  await renderer.render(plan, tools, onShare)
  if (isSequence) await zipFrames(frames, join(folder, name))
  else await rename(output, join(folder, name))
  if (request.bend !== undefined) await bendFile(join(folder, name), request.bend)
  await Promise.all([workDir, frames].map((path) => rm(path, { recursive: true, force: true })))
  return name
}

/** A local PNG of the background picture, whatever picture the URL serves. */
async function fetchBackground(
  { background }: JobSettings,
  work: string,
  tools: Tools,
): Promise<string | null> {
  if (background.type !== 'image') return null
  const fetched = join(work, 'fetched')
  const picture = join(work, 'background.png')
  await fetchFile(background.imageUrl, fetched, tools.signal)
  await runTool(
    tools.ffmpegPath,
    ['-v', 'error', '-y', '-i', fetched, '-frames:v', '1', picture],
    tools.signal,
  )
  return picture
}

/** Packs the files of a folder, in the order of their names. */
async function zipFrames(folder: string, archive: string): Promise<void> {
  const zip = new ZipFile()
  // PNG is compressed already.
  for (const name of (await readdir(folder)).sort())
    zip.addFile(join(folder, name), name, { compress: false })
  zip.end()
  await pipeline(zip.outputStream, createWriteStream(archive))
}

/** What other encoders write otherwise than ours: the same pictures, in other words. */
type Bend = 'undeclared-alpha' | 'other-brand' | 'absolute-names'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

const REPLACED: Record<Bend, readonly [from: Buffer, to: Buffer][]> = {
  // Matroska's element AlphaMode says 0 instead of 1.
  'undeclared-alpha': [[Buffer.from('53c08101', 'hex'), Buffer.from('53c08100', 'hex')]],
  'other-brand': [
    [bytes('ftypqt  '), bytes('ftypisom')],
    [bytes('ftypisom'), bytes('ftypqt  ')],
  ],
  'absolute-names': [[bytes('frame_'), bytes('/rame_')]],
}

/** Puts other words of the same length into a file. */
async function bendFile(path: string, bend: Bend): Promise<void> {
  const file = await readFile(path)
  for (const [from, to] of REPLACED[bend]) {
    if (!file.includes(from)) continue
    for (let at = file.indexOf(from); at >= 0; at = file.indexOf(from, at + from.length)) to.copy(file, at)
    break
  }
  await writeFile(path, file)
}
