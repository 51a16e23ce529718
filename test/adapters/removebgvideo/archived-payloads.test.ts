import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Operation } from '../../../adapters/removebgvideo/index.ts'
import { aClient, CALLS, failureOf } from './support/calls.ts'
import { startAnswering } from './support/vendor-server.ts'

/** One answer of the vendor and what the client must make of it. Adding one is adding a file. */
interface ArchivedPayload {
  status: number
  headers?: Record<string, string>
  /** JSON, or a string that is sent as it is. */
  body: unknown
  expect: { value: unknown } | { kind: string; facts?: Record<string, unknown>; message?: string }
}

const FOLDER = new URL('../../archived-payloads/', import.meta.url)

const ARCHIVE = Object.keys(CALLS).flatMap((operation) =>
  readdirSync(new URL(`${operation}/`, FOLDER)).map((file) => ({ operation: operation as Operation, file })),
)

describe('an archived payload', () => {
  it.each(ARCHIVE)('$operation/$file', async ({ operation, file }) => {
    const text = readFileSync(new URL(`${operation}/${file}`, FOLDER), 'utf8')
    const payload = JSON.parse(text) as ArchivedPayload
    const { url } = await startAnswering(payload.status, payload.body, payload.headers)
    const call = CALLS[operation](aClient(url))

    if ('value' in payload.expect) return expect(await call).toEqual(payload.expect.value)
    const failure = await failureOf(call)
    expect(failure.kind).toBe(payload.expect.kind)
    expect(failure.facts).toMatchObject(payload.expect.facts ?? {})
    expect(failure.message).toContain(payload.expect.message ?? '')
  })
})
