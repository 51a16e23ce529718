import { GatewayRefusal } from './problem.ts'

/** A part of an output: bytes `start` up to, not including, `endExclusive`. */
export interface ByteRange {
  start: number
  endExclusive: number
}

/**
 * The one range that a `Range` header asks for; null where the whole is to be sent: without a header, for another unit, for
 * several ranges at once (a server may answer those with the whole) and for a malformed one, which RFC 9110 says to ignore.
 * Throws a 416 for a range that lies outside.
 */
export function byteRangeFrom(header: string | undefined, sizeBytes: number): ByteRange | null {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return null
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first)
  const endExclusive = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1)
  if (start < sizeBytes && start < endExclusive) return { start, endExclusive }
  throw new GatewayRefusal('range-not-satisfiable', `The output has ${sizeBytes} bytes.`, {
    headers: { 'content-range': `bytes */${sizeBytes}` },
  })
}
