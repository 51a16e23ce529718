import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { readGifTiming } from '../../../adapters/media/container/gif-timing.ts'
import { probeInput } from '../../../adapters/media/input/probe-input.ts'
import { renderOverCheckerboard } from '../../../adapters/media/picture/checkerboard.ts'
import { makeDemoClip } from '../../../adapters/media/picture/demo-clip.ts'
import { ffmpegProblem } from '../../../adapters/media/tools/check-ffmpeg.ts'
import { findFfmpeg, runTool } from '../../../adapters/media/tools/run-tool.ts'
import type { OutputFormat } from '../../../domain/request-values.ts'
import { matte } from '../../support/mattes.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const FORMATS: OutputFormat[] = ['webm', 'mov', 'gif', 'webp', 'png_sequence']

it('finds the installed ffmpeg and nothing wrong with it', async () => {
  expect(findFfmpeg('ffprobe')).toMatch(/\/ffprobe$/)
  expect(await ffmpegProblem()).toBeUndefined()
})

it('says how to get ffmpeg where there is none', async () => {
  const folder = await tempFolder()
  await writeFile(join(folder, 'ffmpeg'), 'not executable')
  expect(() => findFfmpeg('ffmpeg', `${folder}:`)).toThrow(
    expect.objectContaining({
      kind: 'PlatformUnavailable',
      message: 'ffmpeg is not on PATH',
      facts: { hint: expect.stringContaining('apt-get install ffmpeg') },
    }),
  )
})

it('notices an ffmpeg that is too old or lacks decoders', async () => {
  const folder = await tempFolder()
  const pretend = (answer: string) =>
    writeFile(join(folder, 'ffmpeg'), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 })
  await writeFile(join(folder, 'ffprobe'), '#!/bin/sh\n', { mode: 0o755 })
  vi.stubEnv('PATH', `${folder}:/bin`)
  try {
    await pretend('ffmpeg version 4.4.2-0ubuntu Copyright')
    expect(await ffmpegProblem()).toContain('ffmpeg 4.4 is too old')
    await pretend('ffmpeg version n7.1 Copyright')
    expect(await ffmpegProblem()).toContain('ffmpeg lacks the decoders libvpx')
  } finally {
    vi.unstubAllEnvs()
  }
})

it('tells why a tool failed, and ends it with the signal', async () => {
  await expect(runTool('ffmpeg', ['-v', 'error', '-i', 'file:/no/such.mp4'])).rejects.toMatchObject({
    name: 'ToolFailed',
    exitCode: expect.any(Number),
    message: expect.stringContaining('No such file'),
  })
  const controller = new AbortController()
  const endless = ['-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc', '-f', 'null', '-']
  const run = runTool('ffmpeg', endless, { signal: controller.signal })
  setTimeout(() => controller.abort(new Error('cancelled')), 100)
  await expect(run).rejects.toThrow('cancelled')
})

it.each(FORMATS)('draws a frame of a %s over a checkerboard', async (format) => {
  const path = join(await tempFolder(), 'frame.png')
  await renderOverCheckerboard(await matte(format), format, path)
  const png = await readFile(path)
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([320, 240])
})

it('reads the timing of a GIF without decoding it', async () => {
  const { frames, durationSeconds } = await readGifTiming(await matte('gif'))
  expect(frames).toBeGreaterThan(50)
  expect(Math.abs(durationSeconds - 3)).toBeLessThan(0.3)
})

it.each(['green', 'busy'] as const)('makes a demo clip before a %s background', async (background) => {
  const path = join(await tempFolder(), 'demo.mp4')
  await makeDemoClip(path, background, 1)
  expect(await probeInput({ path }, 'demo.mp4')).toMatchObject({
    container: 'mp4',
    width: 640,
    height: 360,
    hasAudio: true,
  })
})
