import { describe, expect, it } from 'vitest'
import { afterTelling, groupKey } from '../../../domain/notify/after-telling.ts'
import { parkMessage } from '../../../domain/notify/park-message.ts'
import { parkNews } from '../../../domain/notify/park-news.ts'
import type { ParkedGroup, ToldGroup } from '../../../domain/notify/parked-group.ts'

const T0 = Date.parse('2026-11-29T09:12:00.000Z')
const HOUR_MS = 3_600_000
const credits = (count: number): ParkedGroup => ({
  kind: 'InsufficientCredits',
  project: 'acme',
  count,
  sinceMs: T0,
})
const outage: ParkedGroup = { kind: 'VendorUnavailable', project: 'acme', count: 4, sinceMs: T0 }
const told = (group: ParkedGroup): ToldGroup => ({ ...group, toldAtMs: T0 })
const whatOf = (groups: ParkedGroup[], before: ToldGroup[], nowMs: number, gone = {}) =>
  parkNews(groups, before, { gone, nowMs }).news.map(({ what, count }) => [what, count])

describe('what is told of parked removals', () => {
  it.each([
    ['that it begins', [credits(3)], [], T0, [['began', 3]]],
    ['nothing while it stays as it was', [credits(3)], [told(credits(3))], T0 + HOUR_MS, []],
    ['nothing while it grows a little', [credits(29)], [told(credits(3))], T0 + HOUR_MS, []],
    ['that it grew tenfold', [credits(30)], [told(credits(3))], T0 + HOUR_MS, [['grew', 30]]],
    ['that a day has passed', [credits(3)], [told(credits(3))], T0 + 24 * HOUR_MS, [['aged', 3]]],
    ['that it is over', [], [told(credits(3))], T0 + HOUR_MS, [['over', 3]]],
  ])('is %s', (_what, groups, before, nowMs, expected) => {
    expect(whatOf(groups, before, nowMs)).toEqual(expected)
  })

  it('is not that it is over while an outage only tries again', () => {
    const first = parkNews([], [told(outage)], { gone: {}, nowMs: T0 })
    expect(first).toEqual({ news: [], gone: { [groupKey(outage)]: T0 } })
    expect(whatOf([], [told(outage)], T0 + 14 * 60_000, first.gone)).toEqual([])
    expect(parkNews([outage], [told(outage)], { gone: first.gone, nowMs: T0 + 1 }).gone).toEqual({})
    expect(whatOf([], [told(outage)], T0 + 15 * 60_000, first.gone)).toEqual([['over', 4]])
  })

  it('is remembered once it was told', () => {
    const { news } = parkNews([credits(3), outage], [], { gone: {}, nowMs: T0 })
    const known = afterTelling([], news, T0)
    expect(known).toEqual([told(credits(3)), told(outage)])
    expect(whatOf([credits(3), outage], known, T0 + 1)).toEqual([])
    expect(afterTelling(known, [{ ...credits(3), what: 'over' }], T0)).toEqual([told(outage)])
  })
})

describe('the word itself', () => {
  const news = [
    { ...credits(37), what: 'began' as const },
    { ...outage, project: '<!channel>', what: 'over' as const },
  ]

  it('says how many, why, whose, since when and what mends it', () => {
    expect(parkMessage(news, 'generic')).toMatchObject({
      type: 'matteflow.parked',
      text: expect.stringMatching(
        /^37 removals parked, InsufficientCredits, acme, since 2026-11-29 09:12 UTC: .* `matteflow resume --all --kind InsufficientCredits --project acme`\nover: /,
      ),
      groups: [
        { what: 'began', count: 37, since: '2026-11-29T09:12:00.000Z', hint: expect.any(String) },
        { what: 'over' },
      ],
    })
  })

  it('is nothing but text in the shape of Slack, in which no project can call a channel', () => {
    const message = parkMessage(news, 'slack')
    expect(Object.keys(message)).toEqual(['text'])
    expect(message.text).toContain('&lt;!channel&gt;')
  })
})
