import { describe, expect, it } from 'vitest'
import { usualDeadlineMs, usualProcessingMs } from '../../domain/processing-time.ts'
import { MODELS } from '../../domain/request-values.ts'

describe('the usual time of a vendor job', () => {
  it('keeps the order that the vendor publishes', () => {
    const [original, light, pro, human] = MODELS.map((model) => usualProcessingMs(model, 60))

    expect(light).toBe(human)
    expect(light).toBeLessThan(original ?? 0)
    expect(original).toBeLessThan(pro ?? 0)
  })

  it('grows with the video, and counts an unknown length as a minute', () => {
    expect(usualProcessingMs('pro', 120)).toBeGreaterThan(usualProcessingMs('pro', 60))
    expect(usualProcessingMs('pro', null)).toBe(usualProcessingMs('pro', 60))
    expect(usualProcessingMs('light', 0)).toBeGreaterThan(0)
  })
})

describe('the deadline of a removal that names none', () => {
  it.each(MODELS)('leaves %s far more than its usual time, and half an hour at least', (model) => {
    for (const seconds of [0, 3, 600, 7_200, null]) {
      expect(usualDeadlineMs(model, seconds)).toBeGreaterThanOrEqual(10 * usualProcessingMs(model, seconds))
      expect(usualDeadlineMs(model, seconds)).toBeGreaterThanOrEqual(30 * 60_000)
    }
  })
})
