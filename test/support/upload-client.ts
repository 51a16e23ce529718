import { createHash } from 'node:crypto'

/** A gateway, and the token of the project that uploads to it, if it has any. */
export interface UploadsAt {
  url: string
  token?: string
}

/** What an upload is announced as, where that is not what it is. */
interface Announced {
  fileName?: string
  sha256?: string
}

const PIECE = { 'content-type': 'application/offset+octet-stream' }

/** The head of a request by the tus protocol. */
export function tusHeaders({ token }: UploadsAt, more: Record<string, string> = {}): Record<string, string> {
  return {
    'tus-resumable': '1.0.0',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...more,
  }
}

/** What announces these bytes. */
export function announcementOf(
  bytes: Uint8Array,
  { fileName = 'a.mp4', sha256 = createHash('sha256').update(bytes).digest('hex') }: Announced = {},
): Record<string, string> {
  const metadata = Object.entries({ filename: fileName, sha256 })
    .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
    .join(',')
  return { 'upload-length': String(bytes.byteLength), 'upload-metadata': metadata }
}

/** Asks for an upload, whatever the gateway says to that; a body brings the first bytes with it. */
export function askForUpload(
  at: UploadsAt,
  announcement: Record<string, string>,
  body?: ReadableStream,
): Promise<Response> {
  const headers = tusHeaders(at, { ...announcement, ...(body !== undefined && PIECE) })
  return send(`${at.url}/v1/uploads`, { method: 'POST', headers, ...(body !== undefined && { body }) })
}

/** Announces an upload. Resolves with its path, the same at every gateway. */
export async function createUpload(at: UploadsAt, bytes: Uint8Array, announced?: Announced): Promise<string> {
  const response = await askForUpload(at, announcementOf(bytes, announced))
  if (response.status !== 201) throw new Error(`the upload was refused: ${response.status}`)
  return response.headers.get('location') ?? ''
}

/** Sends a piece of an upload from an offset on; a stream does not say how long it is. */
export function sendPiece(
  at: UploadsAt,
  path: string,
  { offset, body, signal }: { offset: number; body: Uint8Array | ReadableStream; signal?: AbortSignal },
): Promise<Response> {
  return send(`${at.url}${path}`, {
    method: 'PATCH',
    headers: tusHeaders(at, { ...PIECE, 'upload-offset': String(offset) }),
    body: body instanceof Uint8Array ? Buffer.from(body) : body,
    ...(signal && { signal }),
  })
}

/** The gateway's answer to how far an upload has got. `offset` is NaN for one that it does not know. */
export async function standingOf(at: UploadsAt, path: string): Promise<{ status: number; offset: number }> {
  const response = await fetch(`${at.url}${path}`, { method: 'HEAD', headers: tusHeaders(at) })
  return {
    status: response.status,
    offset: Number(response.headers.get('upload-offset') ?? Number.NaN),
  }
}

/** The id by which a removal takes an upload. */
export function uploadIdOf(path: string): string {
  return path.split('/').at(-1) ?? ''
}

function send(url: string, request: object): Promise<Response> {
  return fetch(url, { ...request, duplex: 'half' } as RequestInit)
}
