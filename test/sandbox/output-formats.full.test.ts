import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { probeVideo } from '../../sandbox/media/input/probe-video.ts'
import { paintClip, useFolder } from './support/clips.ts'
import { framesWithAlpha, parted } from './support/frames-with-alpha.ts'
import { runFfmpeg } from './support/run-ffmpeg.ts'
import { serve } from './support/serve.ts'
import { useSandbox } from './support/use-sandbox.ts'
import { collect } from './support/vendor-client.ts'

const SLOW_MS = 60_000
const TOOLS = { ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', signal: new AbortController().signal }
const folder = useFolder()
const start = useSandbox(() => join(folder(), 'renders'))

describe('a transparent output', () => {
  it.each(['webm', 'mov', 'gif', 'webp', 'png_sequence'])(
    'has alpha in %s, of a green screen and of a scene without one',
    async (output_format) => {
      const { vendor } = await start()
      const screen = await paintClip(join(folder(), 'green.mp4'), { screen: '0x00B140' })
      const scene = await paintClip(join(folder(), 'scene.mp4'))

      for (const clip of [screen, scene]) {
        const output = await collect(await vendor.process(clip, { output_format }))
        const frames = await framesWithAlpha(output_format, output, folder())
        expect(parted(frames)).toBeGreaterThanOrEqual(3)
      }
    },
    SLOW_MS,
  )

  it(
    'keeps the moving thing and drops the screen',
    async () => {
      const { vendor } = await start()
      const clip = await paintClip(join(folder(), 'blue.mp4'), { screen: 'blue' })

      const [frame] = await framesWithAlpha('webm', await collect(await vendor.process(clip)), folder())

      // At the first moment the square covers x 10 to 50 of 160 and y 40 to 80 of 120.
      expect(frame?.[16 * 32 + 6]).toBeGreaterThan(230)
      expect(frame?.[16 * 32 + 28]).toBeLessThan(25)
    },
    SLOW_MS,
  )
})

describe('an output on a background', () => {
  it(
    'is an opaque mp4 in the wanted colour',
    async () => {
      const { vendor } = await start()
      const clip = await paintClip(join(folder(), 'green.mp4'), { screen: '0x00B140' })
      const job = await vendor.process(clip, {
        output_format: 'mp4',
        bg_type: undefined,
        background: { type: 'color', color: '#0000ff' },
      })
      const path = join(folder(), 'on-blue.mp4')
      await writeFile(path, await collect(job))

      const corner = ['-vf', 'crop=8:8:150:4,scale=1:1,format=rgb24', '-frames:v', '1', '-f', 'rawvideo', '-']
      const [red = 255, green = 255, blue = 0] = await runFfmpeg(['-i', path, ...corner])

      expect(red).toBeLessThan(40)
      expect(green).toBeLessThan(40)
      expect(blue).toBeGreaterThan(200)
    },
    SLOW_MS,
  )

  it(
    'stands before a fetched picture, on the canvas asked for at the start',
    async () => {
      const { vendor } = await start()
      const clip = await paintClip(join(folder(), 'green.mp4'), { screen: '0x00B140' })
      const picture = await runFfmpeg([
        '-f',
        'lavfi',
        '-i',
        'color=c=yellow:s=64x64',
        '-frames:v',
        '1',
        '-f',
        'image2pipe',
        '-c:v',
        'png',
        '-',
      ])
      const host = await serve(picture, { 'content-type': 'image/png' })
      const id = await vendor.draft(clip, {
        output_format: 'mp4',
        bg_type: undefined,
        background: { type: 'image', image_url: host.url },
      })
      await vendor.start(id, {
        composition: {
          canvas: { width: 200, height: 200 },
          foreground: { anchor: 'bottom-right', scale: 0.5 },
        },
      })
      const path = join(folder(), 'composed.mp4')
      await writeFile(path, await collect(await vendor.ended(id)))
      await host.close()

      const corner = ['-vf', 'crop=8:8:4:4,scale=1:1,format=rgb24', '-frames:v', '1', '-f', 'rawvideo', '-']
      const [red = 0, green = 0, blue = 255] = await runFfmpeg(['-i', path, ...corner])

      expect(await probeVideo(path, TOOLS)).toMatchObject({ width: 200, height: 200 })
      expect(Math.min(red, green)).toBeGreaterThan(200)
      expect(blue).toBeLessThan(60)
    },
    SLOW_MS,
  )
})

describe('sound and length', () => {
  it.each(['webm', 'mov', 'mp4'])(
    'are those of the input in %s',
    async (output_format) => {
      const { vendor } = await start()
      const clip = await paintClip(join(folder(), 'loud.mp4'), { screen: 'lime', seconds: 2, sound: true })
      const job = await vendor.process(clip, { output_format, bg_type: 'green' })
      const path = join(folder(), `loud-output.${output_format}`)
      await writeFile(path, await collect(job))

      const facts = await probeVideo(path, TOOLS)

      expect(facts.hasAudio).toBe(true)
      expect(facts.durationSeconds).toBeCloseTo(2, 0)
    },
    SLOW_MS,
  )

  it(
    'end with the preview',
    async () => {
      const { vendor } = await start()
      const clip = await paintClip(join(folder(), 'long.mp4'), { screen: 'lime', seconds: 2 })
      const id = await vendor.draft(clip)
      await vendor.start(id, { preview_duration: 0.5 })
      const job = await vendor.ended(id)
      const path = join(folder(), 'preview.webm')
      await writeFile(path, await collect(job))

      expect(job['duration_seconds']).toBe(0.5)
      expect((await probeVideo(path, TOOLS)).durationSeconds).toBeCloseTo(0.5, 1)
    },
    SLOW_MS,
  )
})

describe('an input that holds no video', () => {
  it('fails its job with a message', async () => {
    const { vendor, sandbox } = await start()
    const path = join(folder(), 'broken.mp4')
    await writeFile(path, 'no video at all')

    const job = await vendor.process(path)

    expect(job).toMatchObject({
      status: 'failed',
      output_url: null,
      error: expect.stringContaining('process'),
    })
    expect(sandbox.report().jobsFailed).toBe(1)
  })
})

describe('an input from elsewhere', () => {
  it(
    'is fetched when the job starts; one out of reach fails its job',
    async () => {
      const { vendor } = await start()
      const clip = await paintClip(join(folder(), 'green.mp4'), { screen: '0x00B140' })
      const host = await serve(await readFile(clip))
      const external = async () => {
        const { json } = await vendor.send('POST', '/v1/jobs', { video_url: `${host.url}/clip.mp4` })
        return vendor.ended(json['id'])
      }

      expect(await external()).toMatchObject({ status: 'completed', duration_seconds: 1 })
      await host.close()
      expect(await external()).toMatchObject({ status: 'failed', billing_status: null })
    },
    SLOW_MS,
  )
})
