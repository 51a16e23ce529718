import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { renderStill } from '../../../adapters/media/picture/render-still.ts'
import { readTool, runTool } from '../../../adapters/media/tools/run-tool.ts'
import type { OutputFormat } from '../../../domain/request-values.ts'
import { matte } from '../../support/mattes.ts'
import { tempFolder } from '../../support/temp-folder.ts'

describe('a still of an output', () => {
  it.each(['webm', 'mov', 'gif', 'webp', 'png_sequence'] satisfies OutputFormat[])(
    'has the alpha of %s',
    async (format) => {
      const png = await renderStill(await matte(format), format, { width: 960 })

      const { width, height, alpha } = await decoded(png)
      expect([width, height]).toEqual([320, 240])
      expect([Math.min(...alpha), Math.max(...alpha)]).toEqual([0, 255])
    },
  )

  it('is as wide as was asked, and what is transparent does not colour its rim', async () => {
    const png = await renderStill(await redOnHiddenGreen(), 'mov', { width: 120 })

    const { width, height, alpha, green } = await decoded(png)
    expect([width, height]).toEqual([120, 90])
    const rim = alpha.flatMap((opacity, index) => (opacity > 16 && opacity < 240 ? [green[index] ?? 0] : []))
    expect(rim.length).toBeGreaterThan(0)
    expect(Math.max(...rim)).toBeLessThan(0)
  })
})

/** A red disc whose surroundings are green, and wholly transparent. */
async function redOnHiddenGreen(): Promise<string> {
  const path = join(await tempFolder(), 'disc.mov')
  const inside = 'lte(hypot(X-161,Y-119),77)'
  const disc = `format=gbrap,geq=r='255*${inside}':g='255*not(${inside})':b=0:a='255*${inside}'`
  const source = ['-f', 'lavfi', '-i', `color=black:s=320x240:r=5,${disc},trim=duration=1`]
  const output = ['-c:v', 'prores_ks', '-pix_fmt', 'yuva444p10le', path]
  await runTool('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...source, ...output])
  return path
}

/** A PNG's size, how opaque each pixel is, and by how much green exceeds its other colours. */
async function decoded(png: Buffer) {
  const args = [
    '-v',
    'error',
    '-f',
    'png_pipe',
    '-i',
    'pipe:0',
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgba',
    'pipe:1',
  ]
  const pixels = await readTool('ffmpeg', args, { input: [png] })
  const alpha: number[] = []
  const green: number[] = []
  for (let offset = 0; offset < pixels.byteLength; offset += 4) {
    const [r = 0, g = 0, b = 0, a = 0] = pixels.subarray(offset, offset + 4)
    alpha.push(a)
    green.push(g - Math.max(r, b))
  }
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20), alpha, green }
}
