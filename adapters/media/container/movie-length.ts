import type { ByteSource } from './byte-source.ts'
import { windowed } from './byte-source.ts'
import { findIsoBox } from './iso-boxes.ts'

/**
 * How long an mp4 or mov says it is shown, edit lists applied: the length in its movie header. Null where it does
 * not say, as fragmented files don't. Source: ISO/IEC 14496-12 §8.2.2.
 */
export async function movieLength(file: ByteSource): Promise<number | null> {
  const source = windowed(file)
  const movie = await findIsoBox(source, 'moov')
  if (movie === undefined || movie.endExclusive === null) return null
  const header = await findIsoBox(source, 'mvhd', movie.contentStart, movie.endExclusive)
  if (header === undefined) return null
  const bytes = Buffer.from(await source.read(header.contentStart, header.contentStart + 32))
  if (bytes.byteLength < 32) return null
  const isLong = bytes.readUInt8(0) === 1
  const timescale = bytes.readUInt32BE(isLong ? 20 : 12)
  const duration = isLong ? Number(bytes.readBigUInt64BE(24)) : bytes.readUInt32BE(16)
  // All ones say that the length is not known.
  const isUnknown = duration === 0 || duration >= (isLong ? 2 ** 63 : 0xffffffff)
  return isUnknown || timescale === 0 ? null : duration / timescale
}
