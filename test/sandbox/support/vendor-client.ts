import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Sandbox } from '../../../sandbox/index.ts'

/** What the vendor answers, as far as the tests look into it. */
export type VendorJson = {
  id: string
  job_id: string
  video_url: string
  output_url: string
  [field: string]: unknown
}

type Reply = { status: number; headers: Headers; json: VendorJson }

/** The vendor's routes as a customer without any care would call them. */
export type VendorClient = {
  send(method: string, path: string, body?: unknown): Promise<Reply>
  upload(path: string, type?: string): Promise<Reply>
  /** Uploads and creates a draft; gives the job's id. */
  draft(path: string, settings?: Record<string, unknown>): Promise<string>
  start(id: string, settings?: Record<string, unknown>): Promise<Reply>
  status(id: string): Promise<Reply>
  /** Asks until the job has ended. */
  ended(id: string): Promise<VendorJson>
  /** From the file to the ended job. */
  process(path: string, settings?: Record<string, unknown>): Promise<VendorJson>
}

export function createVendorClient(
  { url, keys }: Pick<Sandbox, 'url' | 'keys'>,
  key = keys[0] ?? '',
): VendorClient {
  async function call(path: string, init: RequestInit, type?: string): Promise<Reply> {
    const response = await fetch(`${url}${path}`, {
      ...init,
      headers: { 'x-api-key': key, ...(type === undefined ? {} : { 'content-type': type }) },
      signal: AbortSignal.timeout(20_000),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : { text } }
  }
  const client: VendorClient = {
    send: (method, path, body) =>
      body === undefined
        ? call(path, { method })
        : call(path, { method, body: JSON.stringify(body) }, 'application/json'),
    async upload(path, type = 'video/mp4') {
      const form = new FormData()
      form.append('file', new Blob([await readFile(path)], { type }), basename(path))
      return call('/v1/uploads', { method: 'POST', body: form })
    },
    async draft(path, settings = {}) {
      const { json } = await client.upload(path)
      const created = await client.send('POST', '/v1/jobs', {
        video_url: json['video_url'],
        auto_start: false,
        bg_type: 'transparent',
        ...settings,
      })
      expect(created).toMatchObject({ status: 200 })
      return created.json['id']
    },
    start: (id, settings = {}) => client.send('POST', `/v1/jobs/${id}/start`, settings),
    status: (id) => client.send('GET', `/v1/jobs/${id}`),
    async ended(id) {
      for (;;) {
        const { json } = await client.status(id)
        if (json['status'] === 'completed' || json['status'] === 'failed') return json
        await pause(25)
      }
    },
    async process(path, settings = {}) {
      const id = await client.draft(path, settings)
      expect(await client.start(id)).toMatchObject({ status: 200 })
      return client.ended(id)
    },
  }
  return client
}

/** The bytes behind a finished job. */
export async function collect(job: VendorJson): Promise<Buffer> {
  const response = await fetch(job['output_url'])
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}
