import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { MultipartFile } from '@fastify/multipart'
import { MAX_VIDEO_BYTES } from '../../max-video-bytes.ts'
import type { Call } from '../operation.ts'
import type { Reply } from '../reply.ts'
import type { Site } from '../site.ts'
import { invalidRequest } from '../vendor-error.ts'

const TYPE_OF_EXTENSION: Record<string, string> = {
  '.mp4': 'video/mp4',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
  '.avi': 'video/x-msvideo',
}

/** POST /v1/uploads. Source: docs/vendors/removebgvideo.md §4. */
export async function upload({ request }: Call, site: Site): Promise<Reply> {
  if (!request.isMultipart()) throw invalidRequest('Content-Type must be multipart/form-data')
  const id = randomUUID()
  let kept: { file: string; filename: string } | undefined
  try {
    for await (const part of request.parts({ limits: { fileSize: MAX_VIDEO_BYTES, parts: 2 } })) {
      if (part.type !== 'file' || part.fieldname !== 'file' || kept !== undefined) {
        throw invalidRequest('Send exactly one part named file')
      }
      const file = `${id}${extensionOf(part)}`
      kept = { file, filename: part.filename }
      await store(part, join(site.dataDir, 'uploads'), file)
    }
  } catch (error) {
    if (kept !== undefined) await rm(join(site.dataDir, 'uploads', kept.file), { force: true })
    throw error
  }
  if (kept === undefined) throw invalidRequest('Send exactly one part named file')
  const { file, filename } = kept
  const { size } = await stat(join(site.dataDir, 'uploads', file))
  site.state.saveUpload({ file, filename, sizeBytes: size, durationSeconds: null })
  const video_url = `${site.url()}/uploads/${file}`
  return { status: 200, json: { success: true, video_id: id, video_url, filename, size } }
}

/** Refuses what is no video by its name or its type. The vendor's own SDKs send octet-stream: there the name decides. */
function extensionOf({ filename, mimetype }: MultipartFile): string {
  const extension = extname(filename).toLowerCase()
  const expected = TYPE_OF_EXTENSION[extension]
  const fits = mimetype === expected || mimetype === 'application/octet-stream'
  if (expected === undefined || !fits) throw invalidRequest('Invalid file type')
  return extension
}

async function store(part: MultipartFile, folder: string, file: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await pipeline(part.file, createWriteStream(join(folder, file), { highWaterMark: 1 << 20 }))
  if (part.file.truncated) throw invalidRequest('File too large')
}
