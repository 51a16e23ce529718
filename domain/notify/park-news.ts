import { ruleOf } from '../failures.ts'
import { groupKey } from './after-telling.ts'
import type { ParkedGroup, ParkNews, ToldGroup } from './parked-group.ts'

const GROWN = 10
const DAY_MS = 86_400_000
/** What wakes by itself is not over because it tries again: a try lasts as long as the outage budget. */
const SURELY_OVER_MS = 15 * 60_000

/** Since when groups that were told of have not been seen, by `groupKey`. */
export type Gone = Record<string, number>

/** What is new about parked removals since it was last told, and which of the told groups are gone for how long. */
export function parkNews(
  groups: readonly ParkedGroup[],
  told: readonly ToldGroup[],
  { gone, nowMs }: { gone: Gone; nowMs: number },
): { news: ParkNews[]; gone: Gone } {
  const before = new Map(told.map((group) => [groupKey(group), group]))
  const present = new Set(groups.map(groupKey))
  const stillGone: Gone = {}
  const news: ParkNews[] = groups.flatMap((group): ParkNews[] => {
    const last = before.get(groupKey(group))
    if (last === undefined) return [{ ...group, what: 'began' }]
    if (group.count >= last.count * GROWN) return [{ ...group, what: 'grew' }]
    return nowMs - last.toldAtMs >= DAY_MS ? [{ ...group, what: 'aged' }] : []
  })
  for (const group of told) {
    const key = groupKey(group)
    if (present.has(key)) continue
    const goneSince = gone[key] ?? nowMs
    stillGone[key] = goneSince
    const waitMs = ruleOf(group.kind).wakes === 'time' ? SURELY_OVER_MS : 0
    const { toldAtMs: _toldAtMs, ...rest } = group
    if (nowMs - goneSince >= waitMs) news.push({ ...rest, what: 'over' })
  }
  return { news, gone: stillGone }
}
