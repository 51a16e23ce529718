/** The containers the vendor takes. Source: docs/vendors/removebgvideo.md §4. */
export type Container = 'mp4' | 'mov' | 'webm' | 'avi'

/** The MIME type and extension the vendor expects of each. */
export const CONTAINER_FILES: Record<Container, { contentType: string; extension: string }> = {
  mp4: { contentType: 'video/mp4', extension: 'mp4' },
  mov: { contentType: 'video/quicktime', extension: 'mov' },
  webm: { contentType: 'video/webm', extension: 'webm' },
  avi: { contentType: 'video/x-msvideo', extension: 'avi' },
}

/** What the vendor's "500MB" is at its strictest, in bytes. Source: docs/vendors/removebgvideo.md §19.31. */
export const MAX_INPUT_BYTES = 500_000_000

/** How many leading bytes `containerFrom` needs. */
export const CONTAINER_SNIFF_BYTES = 4_096

/** The container of a file by its first bytes; undefined when it is none the vendor takes. The name is not asked. */
export function containerFrom(head: Uint8Array): Container | undefined {
  const text = (start: number, end: number): string => String.fromCharCode(...head.subarray(start, end))
  if (text(4, 8) === 'ftyp')
    return text(8, 12) === 'qt  ' ? 'mov' : isStillImage(text(8, 12)) ? undefined : 'mp4'
  // QuickTime files older than the `ftyp` box begin with one of these atoms; cameras still make such files.
  if (['moov', 'mdat', 'wide', 'free', 'skip', 'pnot', 'uuid'].includes(text(4, 8))) return 'mov'
  // A part of a live stream that was saved without its beginning.
  if (['styp', 'moof', 'sidx'].includes(text(4, 8))) return 'mp4'
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'AVI ') return 'avi'
  // EBML's document type tells WebM from Matroska, which the vendor does not list.
  if (head[0] === 0x1a && head[1] === 0x45 && head[2] === 0xdf && head[3] === 0xa3) {
    return text(0, 64).includes('webm') ? 'webm' : undefined
  }
  return undefined
}

function isStillImage(brand: string): boolean {
  return ['heic', 'heix', 'mif1', 'avif', 'avis', 'msf1'].includes(brand)
}
