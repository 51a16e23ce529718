import type { Transform } from 'node:stream'
import { pipeline, Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'

/**
 * The codings that change a body, by their names. Source: RFC 9110 §8.4. Whatever else a host writes into
 * `Content-Encoding` (nothing, `identity`, `aws-chunked`, a character set) leaves the bytes as they are.
 */
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

/** The codings to undo, the outermost first; none where the header encodes nothing. */
export function codingsFrom(header: string | undefined): string[] {
  const names = (header ?? '').split(',').map((name) => name.trim().toLowerCase())
  return names.filter((name) => Object.hasOwn(DECODERS, name)).toReversed()
}

/** How the outputs that the vendor makes begin: such bytes are coded by nothing, whatever the header says. */
const PLAIN_STARTS = ['\u001aE\u00df\u00a3', 'GIF8', 'RIFF', 'PK\u0003\u0004']
const PLAIN_BOXES = ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip']
const PLAIN_BYTES = 12

/** The body as it was before the host coded it. */
export async function* decodedBody(
  body: AsyncIterable<Uint8Array>,
  codings: readonly string[],
): AsyncGenerator<Uint8Array> {
  const source = body[Symbol.asyncIterator]()
  const [head, isOver] = await readHead(source)
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield head
    for (let next = isOver ? null : await source.next(); next?.done === false; next = await source.next())
      yield next.value
  }
  if (codings.length === 0 || isPlain(head.toString('latin1'))) {
    yield* whole()
    return
  }
  const decoders = codings.map((coding) => DECODERS[coding]?.() ?? createGunzip())
  const last = decoders.at(-1)
  if (last === undefined) return
  // What goes wrong on the way is thrown by the last decoder, which it destroys.
  pipeline([Readable.from(whole(), { objectMode: false }), ...decoders], () => {})
  yield* last as AsyncIterable<Uint8Array>
}

function isPlain(head: string): boolean {
  return PLAIN_STARTS.some((start) => head.startsWith(start)) || PLAIN_BOXES.includes(head.slice(4, 8))
}

async function readHead(source: AsyncIterator<Uint8Array>): Promise<[head: Buffer, isOver: boolean]> {
  let head = Buffer.alloc(0)
  while (head.byteLength < PLAIN_BYTES) {
    const next = await source.next()
    if (next.done === true) return [head, true]
    head = Buffer.concat([head, next.value])
  }
  return [head, false]
}
