/**
 * The delay that a `Retry-After` header asks for, in milliseconds: seconds or an HTTP date, a past date being 0.
 * Anything else is null. It is not bounded here: the caller that waits bounds it.
 */
export function retryAfterMsFrom(header: string | null | undefined, nowMs: number): number | null {
  const value = header?.trim() ?? ''
  if (/^\d{1,12}(\.\d{1,6})?$/.test(value)) return Math.round(Number(value) * 1_000)
  // Date.parse takes `-5` and `12/2` for dates; an HTTP date begins with the name of a day.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(value)) return null
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs)
}
