import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { JobSettings } from '../state/vendor-job.ts'
import { fetchFile } from './fetch-file.ts'
import type { Matte } from './matte.ts'
import { chooseMatte } from './matte.ts'
import { outputKind } from './output-kind.ts'
import type { VideoFacts } from './probe-video.ts'
import { renderArguments } from './render-arguments.ts'
import type { Tools } from './run-tool.ts'
import { runTool } from './run-tool.ts'
import { zipFrames } from './zip-frames.ts'

export type RenderOrder = { input: string; facts: VideoFacts; settings: JobSettings; matte: Matte | null }

/** Renders into `folder` and names the file it made there. */
export async function render(order: RenderOrder, folder: string, tools: Tools): Promise<string> {
  const { settings, facts, input } = order
  const work = join(folder, 'work')
  const frames = join(folder, 'frames')
  await mkdir(work, { recursive: true })
  const seconds = Math.min(facts.durationSeconds, settings.previewSeconds ?? Number.POSITIVE_INFINITY)
  const backgroundImage = await fetchBackground(settings, work, tools)
  const matte = order.matte ?? (await chooseMatte(input, facts, seconds, work, tools))
  const name = `output.${outputKind(settings.outputFormat).extension}`
  const sequence = settings.outputFormat === 'png_sequence'
  if (sequence) await mkdir(frames)
  const output = sequence ? join(frames, 'frame_%05d.png') : join(work, name)
  const plan = { input, output, facts, seconds, settings, matte, backgroundImage }
  await runTool(tools.ffmpegPath, renderArguments(plan), tools.signal)
  if (sequence) await zipFrames(frames, join(folder, name))
  else await rename(output, join(folder, name))
  await Promise.all([work, frames].map((path) => rm(path, { recursive: true, force: true })))
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
