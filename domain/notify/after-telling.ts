import type { ParkedGroup, ParkNews, ToldGroup } from './parked-group.ts'

/** Which groups are the same. */
export function groupKey({ kind, project }: Pick<ParkedGroup, 'kind' | 'project'>): string {
  return JSON.stringify([kind, project])
}

/** What has been told, once this news was. */
export function afterTelling(
  told: readonly ToldGroup[],
  news: readonly ParkNews[],
  nowMs: number,
): ToldGroup[] {
  const groups = new Map(told.map((group) => [groupKey(group), group]))
  for (const { what, ...group } of news) {
    if (what === 'over') groups.delete(groupKey(group))
    else groups.set(groupKey(group), { ...group, toldAtMs: nowMs })
  }
  return [...groups.values()]
}
