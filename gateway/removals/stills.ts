import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import pLimit from 'p-limit'
import { renderStill } from '../../adapters/media/picture/render-still.ts'
import type { Storage } from '../../adapters/storage/storage.ts'
import type { OutputFormat } from '../../domain/request-values.ts'
import { GatewayRefusal } from '../http/problem.ts'

/** Each takes a core for a moment, and a copy of the output where the storage is no folder. */
const LIMITS = { atOnce: 2, waiting: 100 }
const WITHIN_MS = 60_000
const MOST_KEPT_BYTES = 32 * 1024 * 1024

/** Of which output, and how large. */
interface StillRequest {
  key: string
  /** Of the output: what is drawn depends on nothing else. */
  sha256: string
  format: OutputFormat
  width: number
}

/** Pictures of outputs, with their alpha. */
export interface Stills {
  /** A PNG. Throws a 429 where too many are waited for. */
  draw(still: StillRequest): Promise<Buffer>
}

/** Draws stills, few at once, each once however many ask for it; the latest are kept in memory. */
export function createStills(storage: Storage, limits = LIMITS): Stills {
  /** Oldest first: a Map keeps the order in which its keys were put. */
  const kept = new Map<string, Buffer>()
  const drawing = new Map<string, Promise<Buffer>>()
  const turn = pLimit(limits.atOnce)
  let keptBytes = 0

  function refuseCrowd(): void {
    if (turn.activeCount + turn.pendingCount < limits.atOnce + limits.waiting) return
    throw new GatewayRefusal('too-many-requests', 'Too many pictures are being drawn.', {
      headers: { 'retry-after': '5' },
    })
  }

  function keep(name: string, picture: Buffer): void {
    kept.set(name, picture)
    keptBytes += picture.byteLength
    for (const [oldest, { byteLength }] of kept) {
      if (keptBytes <= MOST_KEPT_BYTES) return
      kept.delete(oldest)
      keptBytes -= byteLength
    }
  }

  return {
    async draw(still) {
      const name = `${still.sha256} ${still.width}`
      const known = kept.get(name)
      if (known !== undefined) return known
      const underWay = drawing.get(name)
      if (underWay !== undefined) return underWay
      refuseCrowd()
      const drawn = turn(() => drawOne(storage, still))
      drawing.set(name, drawn)
      try {
        const picture = await drawn
        keep(name, picture)
        return picture
      } finally {
        drawing.delete(name)
      }
    },
  }
}

async function drawOne(storage: Storage, { key, format, width }: StillRequest): Promise<Buffer> {
  const signal = AbortSignal.timeout(WITHIN_MS)
  const path = storage.localPath(key)
  if (path !== undefined) return renderStill(path, format, { width, signal })
  const folder = await mkdtemp(join(tmpdir(), 'matteflow-still-'))
  try {
    const copy = join(folder, 'output')
    await pipeline(await storage.read(key, { signal }), createWriteStream(copy), { signal })
    return await renderStill(copy, format, { width, signal })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
