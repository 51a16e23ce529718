import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { answerOf, jsonRequest } from '../../gateway/support/gateway-environment.ts'

const TUS = { 'tus-resumable': '1.0.0' }
const PIECE = { ...TUS, 'content-type': 'application/offset+octet-stream' }

/** Announces an upload by the tus protocol. Resolves with its path, the same at every gateway. */
export async function createUpload(url: string, bytes: Buffer, fileName: string): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const metadata = Object.entries({ filename: fileName, sha256 })
    .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
    .join(',')
  const headers = { ...TUS, 'upload-length': String(bytes.byteLength), 'upload-metadata': metadata }
  const response = await fetch(`${url}/v1/uploads`, { method: 'POST', headers })
  if (response.status !== 201) throw new Error(`the upload was refused: ${response.status}`)
  return response.headers.get('location') ?? ''
}

/** Sends the first bytes of a piece that goes on, and leaves the connection open until the other side ends it. */
export function sendBeginning(url: string, path: string, beginning: Buffer, size: number): Promise<void> {
  return new Promise((resolve) => {
    const sending = request(`${url}${path}`, {
      method: 'PATCH',
      headers: { ...PIECE, 'upload-offset': '0', 'content-length': size },
    })
    sending.on('error', () => {}).on('close', resolve)
    sending.write(beginning)
  })
}

/** From where an upload goes on, as this gateway knows. */
export async function offsetOf(url: string, path: string): Promise<number> {
  const response = await fetch(`${url}${path}`, { method: 'HEAD', headers: TUS })
  if (response.status !== 200) throw new Error(`the upload is unknown: ${response.status}`)
  return Number(response.headers.get('upload-offset'))
}

/** Sends the rest of an upload. */
export async function sendRest(url: string, path: string, bytes: Buffer, offset: number): Promise<number> {
  const response = await fetch(`${url}${path}`, {
    method: 'PATCH',
    headers: { ...PIECE, 'upload-offset': String(offset) },
    body: bytes.subarray(offset),
  })
  return response.status
}

/** Makes an upload a removal. */
export function removalOf(url: string, path: string, id: string, headers: Record<string, string> = {}) {
  const body = { source: { upload: path.split('/').at(-1) }, id, project: id }
  return fetch(`${url}/v1/removals`, jsonRequest('POST', body, headers)).then(answerOf)
}
