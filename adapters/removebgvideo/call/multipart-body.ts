import { randomBytes } from 'node:crypto'
import { RemovalFailure } from '../../../domain/removal-failure.ts'

/** A file to be uploaded. Chunks of 256 KiB travel as fast as larger ones, smaller ones slower. */
export interface UploadFile {
  /** Its bytes, read once. */
  body: AsyncIterable<Uint8Array>
  /** How many bytes `body` gives. */
  sizeBytes: number
  /** As the vendor is told; the extension matters. */
  fileName: string
  /** As the vendor is told. */
  contentType: string
  /** With each chunk taken from `body`: how many bytes have passed so far. */
  onProgress?: (bytes: number) => void
}

/** One multipart form with one part named `file`, streamed: never held as a whole. */
export interface MultipartBody {
  contentType: string
  contentLength: number
  fileName: string
  partContentType: string
  sizeBytes: number
  bytes: () => AsyncGenerator<Uint8Array>
  /** The error of the file's own source, once it has ended the body. */
  sourceFailure: () => Error | null
}

const EXTENSIONS: Record<string, string> = {
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'video/x-msvideo': 'avi',
}

/** Wraps a file for POST /v1/uploads. A source that is longer or shorter than it said is `PlatformUnavailable`. */
export function createMultipartBody(file: UploadFile): MultipartBody {
  const boundary = `matteflow-${randomBytes(16).toString('hex')}`
  const fileName = uploadName(file.fileName, file.contentType)
  const partContentType = /^[\w.+-]+\/[\w.+-]+$/.test(file.contentType)
    ? file.contentType
    : 'application/octet-stream'
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\n` +
      `Content-Type: ${partContentType}\r\n\r\n`,
  )
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  let failure: Error | null = null

  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield head
    try {
      yield* exactly(file)
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error))
      throw failure
    }
    yield tail
  }

  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    contentLength: head.byteLength + file.sizeBytes + tail.byteLength,
    fileName,
    partContentType,
    sizeBytes: file.sizeBytes,
    bytes,
    sourceFailure: () => failure,
  }
}

/** The source's chunks, which must sum to the size that was promised. */
async function* exactly({ body, sizeBytes, onProgress }: UploadFile): AsyncGenerator<Uint8Array> {
  let passed = 0
  for await (const chunk of body) {
    passed += chunk.byteLength
    if (passed > sizeBytes) throw wrongSize(`more than its ${sizeBytes} bytes`)
    yield chunk
    onProgress?.(passed)
  }
  if (passed < sizeBytes) throw wrongSize(`${passed} of its ${sizeBytes} bytes`)
}

function wrongSize(what: string): RemovalFailure {
  return new RemovalFailure('PlatformUnavailable', `upload a video: the stored input gave ${what}`)
}

/** A plain name whose extension goes with the content type: the vendor looks at both (docs/vendors/removebgvideo.md §4). */
function uploadName(fileName: string, contentType: string): string {
  const base = fileName.split(/[/\\]/).at(-1) ?? ''
  const [, stem = base, given = ''] = /^(.*)\.([A-Za-z0-9]{1,8})$/s.exec(base) ?? []
  const plain = stem
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[._]+|[._]+$/g, '')
  const extension = EXTENSIONS[contentType] ?? given.toLowerCase()
  return `${plain.slice(0, 80) || 'video'}${extension === '' ? '' : `.${extension}`}`
}
