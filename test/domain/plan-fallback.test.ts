import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FailureKind } from '../../domain/failures.ts'
import { FAILURES, ruleOf } from '../../domain/failures.ts'
import type { FallbackSituation } from '../../domain/plan-fallback.ts'
import { planFallback } from '../../domain/plan-fallback.ts'
import { DOCUMENTED_PRICES } from '../../domain/pricing.ts'
import { MODELS, OUTPUT_FORMATS } from '../../domain/request-values.ts'

const REQUESTED: FallbackSituation['requested'] = {
  model: 'original',
  outputFormat: 'webm',
  background: { type: 'transparent' },
  textPrompt: null,
  fallback: 'auto',
  maxCredits: null,
}

function after(
  failedWith: FailureKind,
  requested: Partial<FallbackSituation['requested']> = {},
  rest: Partial<FallbackSituation> = {},
) {
  const asked = { ...REQUESTED, ...requested }
  return planFallback({
    requested: asked,
    failedWith,
    proven: true,
    bought: 1,
    tried: [{ model: asked.model, outputFormat: asked.outputFormat }],
    spentMillicredits: 0,
    durationSeconds: 60,
    prices: DOCUMENTED_PRICES,
    ...rest,
  })
}

describe('a vendor job that failed', () => {
  it('is followed by the model nearest in quality', () => {
    expect(after('ProcessingFailed')).toEqual({
      model: 'human',
      outputFormat: 'webm',
      estimatedMillicredits: 45_000,
    })
  })

  it('is followed by nothing unless fallback was allowed', () => {
    expect(after('ProcessingFailed', { fallback: 'none' })).toBeNull()
  })

  it('is followed by what the caller listed, in that order', () => {
    const fallback = [{ model: 'light' as const }, { model: 'human' as const, outputFormat: 'mov' as const }]
    const first = after('ProcessingFailed', { fallback })
    const tried = [REQUESTED, { model: 'light' as const, outputFormat: 'webm' as const }]

    expect(first).toMatchObject({ model: 'light', outputFormat: 'webm' })
    expect(after('ProcessingFailed', { fallback }, { tried, bought: 2 })).toMatchObject({
      model: 'human',
      outputFormat: 'mov',
    })
  })

  it('keeps the text prompt, and with it the model pro', () => {
    expect(after('ProcessingFailed', { model: 'pro', textPrompt: 'the cat' })).toBeNull()
    expect(
      after('ProcessingFailed', {
        model: 'pro',
        textPrompt: 'the cat',
        fallback: [{ model: 'light' }, { model: 'pro', outputFormat: 'mov' }],
      }),
    ).toMatchObject({ model: 'pro', outputFormat: 'mov' })
  })
})

describe('an output that was not what was bought', () => {
  it('is followed by another format of the same model', () => {
    expect(after('OutputInvalid')).toMatchObject({ model: 'original', outputFormat: 'mov' })
  })

  it('is never followed by a format without alpha when alpha was asked', () => {
    expect(after('OutputInvalid', { fallback: [{ model: 'light', outputFormat: 'mp4' }] })).toBeNull()
  })
})

describe('how much more may be bought', () => {
  const webm = { model: 'original' as const, outputFormat: 'webm' as const }
  const mov = { ...webm, outputFormat: 'mov' as const }
  const webp = { ...webm, outputFormat: 'webp' as const }

  it.each(['ProcessingFailed', 'OutputInvalid'] as const)('is one purchase for auto, after %s', (kind) => {
    expect(after(kind)).not.toBeNull()
    expect(after(kind, {}, { tried: [webm, mov], bought: 2 })).toBeNull()
  })

  it('is the length of a list', () => {
    const fallback = [{ model: 'light' as const }, { model: 'human' as const }]
    expect(after('ProcessingFailed', { fallback }, { tried: [webm, mov], bought: 2 })).not.toBeNull()
    expect(after('ProcessingFailed', { fallback }, { tried: [webm, mov, webp], bought: 3 })).toBeNull()
  })

  it('is as much when a cheaper model stood in before anything was bought', () => {
    expect(after('BudgetExceeded', { maxCredits: 50 }, { tried: [webm], bought: 0 })).not.toBeNull()
  })

  it('is nothing for a doubt', () => {
    expect(after('OutputInvalid', {}, { proven: false })).toBeNull()
    expect(after('OutputInvalid', { fallback: [{ model: 'light' }] }, { proven: false })).toBeNull()
  })
})

describe('an estimate over the limit', () => {
  it('is followed by a cheaper model that fits', () => {
    expect(after('BudgetExceeded', { maxCredits: 50 })).toMatchObject({ model: 'human' })
    expect(after('BudgetExceeded', { maxCredits: 44 })).toBeNull()
    expect(after('BudgetExceeded', { model: 'light', maxCredits: 100 })).toBeNull()
  })
})

describe('a limit on credits', () => {
  it('counts what was spent on the failed purchase', () => {
    expect(after('ProcessingFailed', { maxCredits: 105 }, { spentMillicredits: 60_000 })).not.toBeNull()
    expect(after('ProcessingFailed', { maxCredits: 104 }, { spentMillicredits: 60_000 })).toBeNull()
  })

  it('allows no second purchase of a video whose length is unknown', () => {
    expect(after('ProcessingFailed', { maxCredits: 1_000 }, { durationSeconds: null })).toBeNull()
    expect(after('ProcessingFailed', {}, { durationSeconds: null })).toMatchObject({
      estimatedMillicredits: null,
    })
  })
})

describe('every other failure', () => {
  const closed = (Object.keys(FAILURES) as FailureKind[]).filter((kind) => ruleOf(kind).fallback === 'never')

  it.each(closed)('%s buys nothing more', (kind) => {
    expect(after(kind)).toBeNull()
  })
})

describe('whatever was asked and tried', () => {
  const order = fc.record({
    model: fc.constantFrom(...MODELS),
    outputFormat: fc.constantFrom(...OUTPUT_FORMATS),
  })
  const situation = fc.record({
    requested: fc.record({
      model: fc.constantFrom(...MODELS),
      outputFormat: fc.constantFrom(...OUTPUT_FORMATS),
      background: fc.constantFrom(
        { type: 'transparent' as const },
        { type: 'color' as const, color: '#000000' },
      ),
      textPrompt: fc.constantFrom(null, 'the cat'),
      fallback: fc.oneof(fc.constant('auto' as const), fc.array(order, { minLength: 1, maxLength: 4 })),
      maxCredits: fc.option(fc.integer({ min: 1, max: 400 })),
    }),
    failedWith: fc.constantFrom(...(Object.keys(FAILURES) as FailureKind[])),
    proven: fc.boolean(),
    tried: fc.array(order, { minLength: 1, maxLength: 6 }),
    spentMillicredits: fc.integer({ min: 0, max: 300_000 }),
    durationSeconds: fc.option(fc.integer({ min: 1, max: 300 })),
  })

  it('a plan is faithful to the request, within the limit, and new', () => {
    fc.assert(
      fc.property(situation, (drawn) => {
        const plan = planFallback({ ...drawn, bought: drawn.tried.length, prices: DOCUMENTED_PRICES })
        if (plan === null) return
        const { requested, spentMillicredits, tried, failedWith, proven } = drawn
        const allowed = requested.fallback === 'auto' ? 1 : requested.fallback.length
        expect(tried.length).toBeLessThanOrEqual(allowed)
        if (failedWith === 'OutputInvalid') expect(proven).toBe(true)
        if (requested.background.type === 'transparent') expect(plan.outputFormat).not.toBe('mp4')
        if (requested.textPrompt !== null) expect(plan.model).toBe('pro')
        expect(tried).not.toContainEqual({ model: plan.model, outputFormat: plan.outputFormat })
        if (requested.maxCredits !== null)
          expect(
            spentMillicredits + (plan.estimatedMillicredits ?? Number.POSITIVE_INFINITY),
          ).toBeLessThanOrEqual(requested.maxCredits * 1_000)
      }),
    )
  })
})
