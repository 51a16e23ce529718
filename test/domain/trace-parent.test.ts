import { describe, expect, it } from 'vitest'
import { traceParentFrom, traceParentText } from '../../domain/trace-parent.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

describe('a traceparent', () => {
  it('is read and written in the one form that everybody reads', () => {
    const read = traceParentFrom(`00-${TRACE}-${SPAN}-01`)

    expect(read).toEqual({ traceId: TRACE, spanId: SPAN, isSampled: true })
    expect(read && traceParentText(read)).toBe(`00-${TRACE}-${SPAN}-01`)
    expect(traceParentFrom(`00-${TRACE}-${SPAN}-00`)?.isSampled).toBe(false)
    expect(traceParentFrom(`cc-${TRACE}-${SPAN}-01-of-the-future`)?.traceId).toBe(TRACE)
  })

  it.each([
    ['nothing', undefined],
    ['an object', {}],
    ['empty', ''],
    ['of a version that is none', `ff-${TRACE}-${SPAN}-01`],
    ['of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['without a span', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['in capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['too short', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['a flood', `00-${TRACE}-${SPAN}-01-${'x'.repeat(10_000)}`],
    ['with a line break in it', `00-${TRACE}\n-${SPAN}-01`],
  ])('that is %s is none', (_what, text) => {
    expect(traceParentFrom(text)).toBeNull()
  })
})
