import { fileURLToPath } from 'node:url'
import { outputArguments } from '../output/output-arguments.ts'
import type { Renderer, RenderPlan } from '../renderer.ts'
import type { PipelineStep } from '../run-pipeline.ts'
import { runPipeline } from '../run-pipeline.ts'
import type { Tools } from '../run-tool.ts'
import type { PersonPart } from './find-person-part.ts'
import type { PersonTask } from './person-task.ts'

type Video = Pick<RenderPlan, 'input' | 'facts' | 'seconds'>

/** Cuts out people with a small model on the CPU. It is not made for anything else, nor for studio matting. */
export interface PersonRenderer extends Renderer {
  /** What cuts out; another version gives another picture. */
  readonly version: string
  /** Whether somebody is to be seen in a good part of the video. */
  findsPerson(video: Video, tools: Tools): Promise<boolean>
}

const LOOKS = 8
/** In so many of the looks somebody must be seen: people may come late and leave early. */
const SEEN = 2

export function createPersonRenderer(part: PersonPart): PersonRenderer {
  return {
    name: 'person',
    version: part.version,
    async render(plan, tools, onShare) {
      const frames = Math.max(1, Math.round(plan.seconds * plan.facts.constantRate))
      const onMessage = (done: unknown) => onShare(Math.min(1, Number(done) / frames))
      const task: PersonTask = { kind: 'cut-out', part, ...sizeOf(plan) }
      await runPipeline(
        [decoding(plan, plan.facts.constantRate, tools), personStep(task, onMessage), encoding(plan, tools)],
        tools.signal,
      )
    },
    async findsPerson(video, tools) {
      let seen = 0
      const task: PersonTask = { kind: 'look', part, ...sizeOf(video) }
      const onMessage = (found: unknown) => {
        seen = Number(found)
      }
      const steps = [decoding(video, LOOKS / video.seconds, tools), personStep(task, onMessage)]
      await runPipeline(steps, tools.signal)
      return seen >= SEEN
    },
  }
}

function sizeOf({ facts }: Video) {
  return { width: facts.width, height: facts.height }
}

/** The frames as they are shown, from the very beginning and at one rate. */
function decoding({ input, seconds, facts }: Video, rate: number, tools: Tools): PipelineStep {
  // The size is said again, since it may change in the middle of a stream.
  const filter = `fps=${rate}:start_time=0,scale=${facts.width}:${facts.height},format=rgb24`
  const source = ['-v', 'error', '-nostdin', '-threads', '1', '-t', String(seconds), '-i', input]
  const args = [...source, '-map', '0:v:0', '-vf', filter, '-f', 'rawvideo', '-']
  return { path: tools.ffmpegPath, args }
}

function personStep(task: PersonTask, onMessage: (message: unknown) => void): PipelineStep {
  // Sources run as they are, and the build has them as JavaScript.
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'))
  const script = fileURLToPath(new URL(`./person-process${extension}`, import.meta.url))
  return { path: process.execPath, args: [script, JSON.stringify(task)], onMessage }
}

function encoding(plan: RenderPlan, tools: Tools): PipelineStep {
  const { input, seconds, facts } = plan
  const { width, height, constantRate, pixelAspect } = facts
  const pixels = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgba',
    '-s',
    `${width}x${height}`,
    '-r',
    String(constantRate),
  ]
  const args = outputArguments(plan, {
    inputs: [
      [...pixels, '-i', 'pipe:0'],
      ['-t', String(seconds), '-i', input],
    ],
    filter: `[0:v]setsar=${pixelAspect.width}/${pixelAspect.height}[fg]`,
    sound: '1:a:0',
  })
  return { path: tools.ffmpegPath, args }
}
