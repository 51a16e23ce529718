/** What a 206 or 416 says it is a part of. `start` is null for 416, `totalBytes` null where it is not known. */
export interface ContentRange {
  start: number | null
  totalBytes: number | null
}

/** Parses `bytes 0-9/100`, the same with an unknown total, and the form of a 416; undefined for anything else. Source: RFC 9110 §14.4. */
export function contentRangeFrom(header: string | undefined): ContentRange | undefined {
  const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(header?.trim() ?? '')
  if (!match) return undefined
  const [, start, total] = match
  return {
    start: start === undefined ? null : Number(start),
    totalBytes: total === undefined || total === '*' ? null : Number(total),
  }
}
