import type { DetailedError } from 'tus-js-client'
import { Upload } from 'tus-js-client'
import { Problem } from '../gateway/problem.ts'

/** Large enough to be quick, small enough for proxies that hold a request back until it is whole. */
const CHUNK_BYTES = 16 * 1024 * 1024
const RETRY_AFTER_MS = [0, 1_000, 3_000, 5_000, 10_000, 20_000, 30_000]

/** What is sent, and where an earlier attempt has got to. */
export interface Sending {
  file: File
  sha256: string
  uploadUrl: string | null
  onUrl(url: string): void
  onSent(bytes: number): void
  signal: AbortSignal
}

/** Sends a file by the tus protocol, from where the gateway has got to. Resolves with the upload's id; rejects with a `Problem`. */
export function sendFile({ file, sha256, uploadUrl, onUrl, onSent, signal }: Sending): Promise<string> {
  return new Promise((resolve, reject) => {
    const upload = new Upload(file, {
      endpoint: new URL('/v1/uploads', location.href).href,
      uploadUrl,
      metadata: { filename: file.name, sha256 },
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRY_AFTER_MS,
      // The page keeps the address itself, together with what was chosen for the removal.
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => onUrl(upload.url ?? ''),
      onProgress: onSent,
      onSuccess: () => resolve(upload.url?.split('/').at(-1) ?? ''),
      onError: (error) => reject(problemOfUpload(error)),
    })
    signal.addEventListener('abort', () => {
      void upload.abort().catch(() => {})
      reject(signal.reason as Error)
    })
    upload.start()
  })
}

function problemOfUpload(error: Error | DetailedError): Problem {
  const response = 'originalResponse' in error ? error.originalResponse : null
  if (response === null) {
    return new Problem(
      'The connection broke',
      'What was sent so far is kept for a day: continue when you are online.',
    )
  }
  const requestId = response.getHeader('x-request-id') ?? null
  return new Problem(
    `The upload was refused (${response.getStatus()})`,
    response.getBody().trim().slice(0, 300),
    {
      status: response.getStatus(),
      requestId,
    },
  )
}
