import type { FileSlice, Reply } from './reply.ts'

export type ServedFile = { path: string; sizeBytes: number; etag: string; contentType: string }

export type RangeWish = { range: string | undefined; ifRange: string | undefined }

/** The whole file, or the part of it that a single `Range` asks for. */
export function serveFile(
  file: ServedFile,
  { range, ifRange }: RangeWish,
  onSent?: FileSlice['onSent'],
): Reply {
  const { path, contentType, sizeBytes } = file
  const etag = `"${file.etag}"`
  const headers = { etag, 'accept-ranges': 'bytes' }
  const wanted = ifRange === undefined || ifRange === etag ? parseRange(range, sizeBytes) : 'all'
  if (wanted === 'none') {
    return {
      status: 416,
      headers: { ...headers, 'content-range': `bytes */${sizeBytes}` },
      text: '',
      contentType,
    }
  }
  const told = onSent === undefined ? {} : { onSent }
  if (wanted === 'all') {
    return { status: 200, headers, file: { path, contentType, start: 0, end: sizeBytes, ...told } }
  }
  const { start, end } = wanted
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${end - 1}/${sizeBytes}` },
    file: { path, contentType, start, end, ...told },
  }
}

function parseRange(
  range: string | undefined,
  size: number,
): 'all' | 'none' | { start: number; end: number } {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range ?? '')
  const [, first = '', last = ''] = match ?? []
  if (first === '' && last === '') return 'all'
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  return start < end ? { start, end } : 'none'
}
