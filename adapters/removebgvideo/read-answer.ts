import type { Dispatcher } from 'undici'
import type { Answer } from './answer.ts'
import { jsonFrom } from './answer.ts'

const MAX_BODY_BYTES = 1_048_576

/** Reads an answer to its end or to 1 MiB. A body that breaks off is an error only where its content matters. */
export async function readAnswer(response: Dispatcher.ResponseData): Promise<Answer> {
  const chunks: Buffer[] = []
  let size = 0
  let complete = true
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.byteLength
      if (size <= MAX_BODY_BYTES) continue
      complete = false
      break
    }
  } catch (error) {
    // An error's status says enough, and it was heard.
    if (response.statusCode < 400) throw error
    complete = false
  }
  // Takes a byte order mark away, which JSON.parse would refuse.
  const text = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES))
  return {
    status: response.statusCode,
    headers: plainHeaders(response.headers),
    text,
    complete,
    json: complete ? jsonFrom(text) : undefined,
  }
}

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return plain
}
