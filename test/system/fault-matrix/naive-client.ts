import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Sandbox } from '../../../sandbox/index.ts'

const CALL_TIMEOUT_MS = 2_000
const ATTEMPTS = 5

type Json = Record<string, unknown>

/** Removes a background as many clients do: every call is repeated on any error until it is answered well. */
export async function removeNaively({ url }: Pick<Sandbox, 'url'>, key: string, path: string): Promise<void> {
  const headers = { 'x-api-key': key }

  async function call(route: string, init: RequestInit, field: string): Promise<Json> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const signal = AbortSignal.timeout(CALL_TIMEOUT_MS)
        const response = await fetch(`${url}${route}`, {
          ...init,
          headers: { ...headers, ...(init.headers as Record<string, string> | undefined) },
          signal,
        })
        const answer = (await response.json()) as Json
        if (!response.ok || answer[field] === undefined) throw new Error(`${route}: ${response.status}`)
        return answer
      } catch (error) {
        if (attempt === ATTEMPTS) throw error
        await pause(50 * attempt)
      }
    }
  }
  const post = (route: string, body: Json, field: string) =>
    call(
      route,
      { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
      field,
    )

  const form = new FormData()
  form.append('file', new Blob([await readFile(path)], { type: 'video/mp4' }), basename(path))
  const { video_url } = await call('/v1/uploads', { method: 'POST', body: form }, 'video_url')
  const settings = {
    video_url,
    auto_start: false,
    output_format: 'webm',
    background: { type: 'transparent' },
  }
  const { id } = await post('/v1/jobs', settings, 'id')
  await post(`/v1/jobs/${String(id)}/start`, {}, 'id')
  for (;;) {
    const job = await call(`/v1/jobs/${String(id)}`, {}, 'status')
    if (job['status'] === 'failed') return
    if (job['status'] === 'completed') {
      await (await fetch(String(job['output_url']))).arrayBuffer()
      return
    }
    await pause(200)
  }
}
