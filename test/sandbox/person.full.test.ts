import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { PersonClip } from '../../bench/cut-outs/compose-person.ts'
import { composePerson, knownMatte } from '../../bench/cut-outs/compose-person.ts'
import { overlap } from '../../bench/cut-outs/overlap.ts'
import type { VideoFacts } from '../../sandbox/media/input/probe-video.ts'
import { probeVideo } from '../../sandbox/media/input/probe-video.ts'
import { paintClip, useFolder } from './support/clips.ts'
import { framesWithAlpha, parted } from './support/frames-with-alpha.ts'
import { runFfmpeg } from './support/run-ffmpeg.ts'
import { useSandbox } from './support/use-sandbox.ts'
import { collect } from './support/vendor-client.ts'

const TOOLS = { ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', signal: new AbortController().signal }
const PERSON: PersonClip = { background: 'wall', width: 320, height: 180, framesPerSecond: 10, frames: 4 }
const folder = useFolder()
const start = useSandbox(() => join(folder(), 'renders'))

describe('a clip of a person without a screen', () => {
  it.each(['wall', 'foliage', 'room'] as const)('is cut out before a %s', async (background) => {
    const { vendor, sandbox } = await start()
    const clip = { ...PERSON, background }
    const path = join(folder(), `${background}.mp4`)
    await composePerson(path, clip)

    const output = await collect(await vendor.process(path, { model: 'human' }))

    const found = await alphaOf(output, clip)
    expect(found).toHaveLength(clip.frames)
    expect(overlap(found, await knownMatte(clip))).toBeGreaterThan(0.94)
    expect(sandbox.report()).toMatchObject({ knowsPeople: true, jobs: [{ renderedBy: 'person' }] })
  })

  it('is cut out whatever the model, when a person is found', async () => {
    const { vendor, sandbox } = await start()

    await vendor.process(await aPerson(), { model: 'original' })

    expect(sandbox.report().jobs).toMatchObject([{ renderedBy: 'person' }])
  })

  it.each(['mov', 'gif', 'webp', 'png_sequence'])('has alpha in %s', async (output_format) => {
    const { vendor } = await start()

    const output = await collect(await vendor.process(await aPerson(), { model: 'human', output_format }))

    expect(parted(await framesWithAlpha(output_format, output, folder()))).toBeGreaterThanOrEqual(3)
  })

  it('stands before another colour in an mp4', async () => {
    const { vendor } = await start()
    const background = { type: 'color', color: '#0000ff' }
    const settings = { model: 'human', output_format: 'mp4', bg_type: undefined, background }
    const path = join(folder(), 'on-blue.mp4')
    await writeFile(path, await collect(await vendor.process(await aPerson(), settings)))

    const corner = ['-vf', 'crop=16:16:0:0,scale=1:1,format=rgb24', '-frames:v', '1', '-f', 'rawvideo', '-']
    const [red = 255, green = 255, blue = 0] = await runFfmpeg(['-i', path, ...corner])

    expect([red < 40, green < 40, blue > 200]).toEqual([true, true, true])
  })
})

describe('a clip of nobody', () => {
  it('ends completed for the model human, with what that found', async () => {
    const { vendor, sandbox } = await start()
    const clip = await paintClip(join(folder(), 'scene.mp4'))

    const job = await vendor.process(clip, { model: 'human' })

    expect(job).toMatchObject({ status: 'completed', duration_seconds: 1 })
    expect(sandbox.report().jobs).toMatchObject([{ renderedBy: 'person' }])
  })

  it.each([
    ['is told apart by what moves for another model', undefined, 'original'],
    ['is keyed where it has a screen, also for the model human', '0x00B140', 'human'],
  ])('%s', async (_what, screen, model) => {
    const { vendor, sandbox } = await start()
    const picture = screen === undefined ? {} : { screen }

    await vendor.process(await paintClip(join(folder(), `${model}.mp4`), picture), { model })

    expect(sandbox.report().jobs).toMatchObject([{ renderedBy: 'key' }])
  })
})

describe('a video of another form', () => {
  const h264 = (...more: string[]) => ['-c:v', 'libx264', '-preset', 'ultrafast', ...more]
  const odd = { width: 319, height: 181, encoding: h264('-pix_fmt', 'yuv444p') }
  it.each<[string, Partial<PersonClip>, object]>([
    ['upright', { width: 180, height: 320 }, { width: 180, height: 320 }],
    ['of odd width and height', odd, { width: 319, height: 181 }],
    ['with sound', { inputs: ['-f', 'lavfi', '-i', 'sine'] }, { hasAudio: true }],
    ['of a single frame', { frames: 1 }, { durationSeconds: 0.1 }],
  ])('keeps it: %s', async (name, form, expected) => {
    const path = join(folder(), `${name}.mp4`)
    await composePerson(path, { ...PERSON, ...form })

    await expectKept(path, expected)
  })

  it('keeps it: turned by a phone', async () => {
    const upright = join(folder(), 'upright-before.mp4')
    const path = join(folder(), 'turned.mp4')
    await composePerson(upright, { ...PERSON, width: 180, height: 320 })
    // The phone films sideways and notes that the picture is to be turned by a quarter.
    await runFfmpeg(['-i', upright, '-vf', 'transpose=cclock', ...h264(), path])
    await writeFile(path, turnedByQuarter(await readFile(path), 320))

    await expectKept(path, { width: 180, height: 320 })
  })

  it('keeps it: of oblong pixels', async () => {
    const path = join(folder(), 'oblong.mp4')
    await runFfmpeg(['-i', await aPerson(), '-vf', 'setsar=4/3', ...h264(), path])

    await expectKept(path, { pixelAspect: { width: 4, height: 3 } })
  })

  it('keeps the length of one whose frames come at no constant rate', async () => {
    const { vendor } = await start()
    const path = join(folder(), 'uneven.mp4')
    // Every frame after the second stands twice as long.
    const uneven = ['-vf', "setpts='if(lt(N,2),N,2*N-2)/10/TB'", '-fps_mode', 'vfr']
    await runFfmpeg(['-i', await aPerson(), ...uneven, '-c:v', 'libx264', path])
    const before = await probeVideo(path, TOOLS)

    const output = join(folder(), 'even.webm')
    await writeFile(output, await collect(await vendor.process(path, { model: 'human' })))

    const after = await probeVideo(output, TOOLS)
    expect(after.durationSeconds).toBeCloseTo(before.durationSeconds, 1)
    expect(after.framesPerSecond).toBeCloseTo(10, 1)
  })
})

async function expectKept(path: string, expected: object): Promise<void> {
  const { vendor, sandbox } = await start()
  const before = await probeVideo(path, TOOLS)
  expect(before).toMatchObject(expected)

  const output = join(folder(), 'kept.webm')
  await writeFile(output, await collect(await vendor.process(path, { model: 'human' })))

  expect(sandbox.report().jobs).toMatchObject([{ renderedBy: 'person' }])
  const after = await probeVideo(output, TOOLS)
  const { width, height, framesPerSecond, hasAudio } = before
  expect(after).toMatchObject({ width, height, framesPerSecond, hasAudio })
  expect(after.durationSeconds).toBeCloseTo(before.durationSeconds, 1)
  expect(aspectOf(after)).toBeCloseTo(aspectOf(before), 2)
}

function aspectOf({ pixelAspect: { width, height } }: VideoFacts): number {
  return width / height
}

/** The smallest clip of a person. */
async function aPerson(): Promise<string> {
  const path = join(folder(), 'person.mp4')
  await composePerson(path, PERSON)
  return path
}

/** Alpha of every frame at full size. */
async function alphaOf(webm: Buffer, { width, height }: PersonClip): Promise<Buffer[]> {
  const path = join(folder(), 'cut-out.webm')
  await writeFile(path, webm)
  const alpha = ['-vf', 'format=rgba,alphaextract,format=gray', '-f', 'rawvideo', '-']
  const raw = await runFfmpeg(['-c:v', 'libvpx-vp9', '-i', path, '-an', ...alpha])
  const size = width * height
  return Array.from({ length: raw.length / size }, (_, at) => raw.subarray(at * size, (at + 1) * size))
}

/** The same MP4 with the display matrix of a quarter turn in its first track. */
function turnedByQuarter(mp4: Buffer, height: number): Buffer {
  const matrix = mp4.indexOf('tkhd') + 44
  const quarter = [0, 0x10000, 0, -0x10000, 0, 0, height << 16, 0, 0x40000000]
  for (const [index, value] of quarter.entries()) mp4.writeInt32BE(value, matrix + 4 * index)
  return mp4
}
