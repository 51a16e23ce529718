import { describe, expect, it } from 'vitest'
import {
  alphaFault,
  isRealAlpha,
  judgeAlphaFrame,
  noAlphaFindings,
} from '../../../adapters/media/alpha/alpha-judge.ts'
import { spreadIndexes } from '../../../adapters/media/alpha/spread.ts'
import { createWebpCanvas, drawingStarts } from '../../../adapters/media/alpha/webp-canvas.ts'
import type { WebpFrame } from '../../../adapters/media/container/webp-animation.ts'

const REAL = Uint8Array.of(0, 128, 255)
const OPAQUE = Uint8Array.of(255, 255, 254)
const EMPTY = Uint8Array.of(0, 0, 3)

function judged(...planes: Uint8Array[]) {
  const findings = noAlphaFindings()
  for (const plane of planes) judgeAlphaFrame(findings, plane)
  return findings
}

describe('alpha', () => {
  it.each([
    ['three real frames among others', [REAL, OPAQUE, REAL, EMPTY, REAL], true],
    ['two real frames of three', [REAL, OPAQUE, REAL], false],
    ['all of two frames', [REAL, REAL], true],
    ['one of two frames', [REAL, OPAQUE], false],
    ['nothing at all', [], false],
    ['half-transparent everywhere', [Uint8Array.of(100, 128, 150)], false],
    ['exactly at the limits', [Uint8Array.of(25, 230)], true],
    ['just inside the limits', [Uint8Array.of(26, 229)], false],
  ])('%s', (_, planes, isReal) => {
    expect(isRealAlpha(judged(...planes))).toBe(isReal)
  })

  it('is told apart when it is not real', () => {
    expect(alphaFault(judged())).toBe('no frame could be decoded')
    expect(alphaFault(judged(OPAQUE))).toContain('opaque everywhere')
    expect(alphaFault(judged(EMPTY))).toContain('every pixel is transparent')
    expect(alphaFault(judged(REAL, OPAQUE, EMPTY))).toBe(
      'only 1 of 3 frames have both transparent and opaque parts',
    )
  })
})

it('spreads samples over what there is', () => {
  expect(spreadIndexes(3, 5)).toEqual([0, 1, 2])
  expect(spreadIndexes(100, 4)).toEqual([12, 37, 62, 87])
  expect(spreadIndexes(0, 4)).toEqual([])
})

describe('the canvas of an animated WebP', () => {
  const WHOLE: WebpFrame = {
    x: 0,
    y: 0,
    width: 2,
    height: 2,
    durationMs: 40,
    blends: false,
    clears: false,
    start: 0,
    endExclusive: 0,
  }
  const CORNER: WebpFrame = { ...WHOLE, x: 1, y: 1, width: 1, height: 1 }

  it('replaces, blends and clears', () => {
    const canvas = createWebpCanvas({ width: 2, height: 2, frames: [] })
    canvas.draw(WHOLE, Uint8Array.of(255, 0, 128, 0))
    canvas.draw({ ...CORNER, blends: true }, Uint8Array.of(100, 9, 9, 9))
    expect([...canvas.plane]).toEqual([255, 0, 128, 100])
    canvas.draw({ ...CORNER, blends: true }, Uint8Array.of(0, 9, 9, 9))
    expect([...canvas.plane]).toEqual([255, 0, 128, 100])
    canvas.draw(CORNER, Uint8Array.of(0, 9, 9, 9))
    expect([...canvas.plane]).toEqual([255, 0, 128, 0])
    canvas.leave(WHOLE)
    expect([...canvas.plane]).toEqual([255, 0, 128, 0])
    canvas.leave({ ...WHOLE, clears: true })
    expect([...canvas.plane]).toEqual([0, 0, 0, 0])
  })

  it('is known from the last frame that needs no other', () => {
    const frames = [
      WHOLE,
      { ...CORNER, blends: true },
      CORNER,
      WHOLE,
      { ...WHOLE, blends: true, clears: true },
      CORNER,
    ]
    expect(drawingStarts({ width: 2, height: 2, frames })).toEqual([0, 0, 0, 3, 3, 5])
  })
})
