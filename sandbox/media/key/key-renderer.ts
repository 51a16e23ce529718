import { outputArguments } from '../output/output-arguments.ts'
import type { Renderer } from '../renderer.ts'
import { runTool } from '../run-tool.ts'
import { chooseMatte, matteFilter } from './matte.ts'

/** Cuts out by the matte that is known, else what moves, else the middle of the picture: one run of ffmpeg. */
export const keyRenderer: Renderer = {
  name: 'key',
  async render(plan, tools, onShare) {
    // One run of ffmpeg counts nothing.
    onShare(1)
    const { input, facts, seconds } = plan
    const matte = plan.matte ?? (await chooseMatte(input, facts, seconds, plan.workDir, tools))
    const still = ['-loop', '1', '-framerate', String(facts.framesPerSecond)]
    const foreground = {
      inputs: [
        ['-t', String(seconds), '-i', input],
        ...(matte.by === 'difference' ? [[...still, '-i', matte.plate]] : []),
      ],
      filter: matteFilter(matte, '[0:v]', '[1:v]', '[fg]'),
      sound: '0:a:0',
    }
    await runTool(tools.ffmpegPath, outputArguments(plan, foreground), tools.signal)
  },
}
