import { describe, expect, it } from 'vitest'
import {
  alphaVerdict,
  isSampleReal,
  judgeFrame,
  noAlphaFindings,
} from '../../../adapters/media/alpha/alpha-judge.ts'
import { spreadIndexes } from '../../../adapters/media/alpha/spread.ts'
import { createWebpCanvas, drawingStarts } from '../../../adapters/media/alpha/webp-canvas.ts'
import type { WebpFrame } from '../../../adapters/media/container/webp-animation.ts'

const REAL = { least: 0, most: 255 }
const OPAQUE = { least: 250, most: 255 }
const EMPTY = { least: 0, most: 5 }

function judged(...frames: { least: number; most: number }[]) {
  const findings = noAlphaFindings()
  for (const range of frames) judgeFrame(findings, range)
  return findings
}

const times = (count: number, range: { least: number; most: number }) => Array(count).fill(range)

describe('alpha over all frames', () => {
  it.each([
    ['three real frames among others', [REAL, OPAQUE, REAL, EMPTY, REAL], 'fine'],
    ['all of two frames', [REAL, REAL], 'fine'],
    ['a twentieth of many', [...times(5, REAL), ...times(95, EMPTY)], 'fine'],
    ['exactly at the limits', [{ least: 25, most: 230 }], 'fine'],
    ['two real frames of three', [REAL, OPAQUE, REAL], 'alpha-in-few-frames'],
    ['a figure that leaves after two frames', [REAL, REAL, ...times(100, EMPTY)], 'alpha-in-few-frames'],
    ['three of a hundred', [...times(3, REAL), ...times(97, OPAQUE)], 'alpha-in-few-frames'],
    ['half-transparent everywhere', [{ least: 100, most: 150 }], 'alpha-partial'],
    ['opaque by frames, empty by frames', [OPAQUE, EMPTY], 'alpha-partial'],
    ['one pixel that is not quite opaque', [OPAQUE, { least: 249, most: 255 }], 'alpha-partial'],
    ['one pixel that is not quite empty', [EMPTY, { least: 0, most: 6 }], 'alpha-partial'],
    ['nothing at all', [], 'no frame could be decoded'],
    ['opaque', [OPAQUE, OPAQUE], 'it is opaque everywhere, transparent was bought'],
    ['empty', [EMPTY], 'it is empty: every pixel is transparent'],
  ])('%s', (_, frames, expected) => {
    const verdict = alphaVerdict(judged(...frames))
    expect(
      verdict.finding === 'fine' ? 'fine' : verdict.finding === 'doubt' ? verdict.code : verdict.reason,
    ).toBe(expected)
  })

  it('is not doubted when half of a spread sample shows it', () => {
    expect(isSampleReal(judged(REAL, REAL, REAL, OPAQUE, OPAQUE, EMPTY))).toBe(true)
    expect(isSampleReal(judged(REAL, REAL, OPAQUE, OPAQUE, OPAQUE, EMPTY))).toBe(false)
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
