import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../../adapters/removebgvideo/call/redact.ts'
import type { VendorCallRecord, VendorExchange } from '../../../adapters/removebgvideo/index.ts'
import { API_KEY, aClient, CALLS, failureOf, JOB_ID, OPERATIONS } from './support/calls.ts'
import { startAnswering } from './support/vendor-server.ts'

describe('the record of a call', () => {
  it.each(OPERATIONS)('%s: nothing that is kept holds the key or a signature', async (operation) => {
    const echo = {
      error: {
        message: `bad key ${API_KEY} (${encodeURIComponent(API_KEY)}), see https://u:p@e.com/x?sig=SIGNED#SIGNED`,
        code: API_KEY,
        request_id: API_KEY,
      },
    }
    const { url } = await startAnswering(400, echo, { location: `https://e.com/?sig=SIGNED&k=${API_KEY}` })
    const kept: unknown[] = []
    const client = aClient(url, { onExchange: (it) => void kept.push(it), onCall: (it) => kept.push(it) })

    const failure = await failureOf(CALLS[operation](client))

    const text = JSON.stringify([kept, failure.message, failure.facts, failure.stack, String(failure.cause)])
    expect(kept).toHaveLength(2)
    expect(text).not.toContain(API_KEY)
    expect(text).not.toContain(JSON.stringify(API_KEY).slice(1, -1))
    expect(text).not.toContain(encodeURIComponent(API_KEY))
    expect(text).not.toContain('SIGNED')
    expect(text).not.toContain('u:p@')
  })

  it('has what support needs', async () => {
    const { url } = await startAnswering(
      200,
      { id: JOB_ID, status: 'completed', output_url: 'https://e.com/o.webm?sig=1' },
      { 'x-request-id': 'req_1', 'set-cookie': 'a=b' },
    )
    const exchanges: VendorExchange[] = []
    const calls: VendorCallRecord[] = []
    const client = aClient(url, { onCall: (call) => calls.push(call) })

    const job = await client.getJob(JOB_ID, { onExchange: (exchange) => void exchanges.push(exchange) })

    expect(job.outputUrl).toBe('https://e.com/o.webm?sig=1')
    expect(exchanges).toEqual([
      expect.objectContaining({
        operation: 'getJob',
        method: 'GET',
        url: `${url}/v1/jobs/${JOB_ID}`,
        requestBody: null,
        status: 200,
        responseBody: `{"id":"${JOB_ID}","status":"completed","output_url":"https://e.com/o.webm"}`,
        error: null,
      }),
    ])
    expect(exchanges[0]?.requestHeaders['x-api-key']).toBe('[redacted]')
    expect(exchanges[0]?.responseHeaders).not.toHaveProperty('set-cookie')
    expect(calls).toEqual([
      {
        operation: 'getJob',
        durationMs: expect.any(Number) as number,
        httpStatus: 200,
        requestId: 'req_1',
        vendorJobId: JOB_ID,
        kind: null,
      },
    ])
  })

  it('names an upload by its measures, not its bytes', async () => {
    const { url } = await startAnswering(503, 'x'.repeat(40_000))
    const exchanges: VendorExchange[] = []

    await failureOf(CALLS.upload(aClient(url, { onExchange: (it) => void exchanges.push(it) })))

    const multipart = { fileName: 'clip.mp4', contentType: 'video/mp4', sizeBytes: 5 }
    expect(exchanges[0]?.requestBody).toEqual({ multipart })
    expect(exchanges[0]?.responseBody).toHaveLength(16_384)
    expect(exchanges[0]?.error).toBe('upload a video: the vendor answered 503')
  })

  it('that cannot be written never fails the call', async () => {
    const { url } = await startAnswering(200, { id: JOB_ID, status: 'processing' })
    const errors: unknown[] = []
    const full = new Error('disk full')
    const client = aClient(url, {
      onExchange: () => Promise.reject(full),
      onCall: () => {
        throw full
      },
      onExchangeError: (error) => errors.push(error),
    })

    expect((await client.startJob(JOB_ID)).status).toBe('processing')
    expect(errors).toEqual([full, full])
  })
})

describe('a redactor', () => {
  const { text, json, line } = createRedactor('k/1"')

  it.each([
    ['the key k/1" here', 'the key [redacted] here'],
    ['{"key":"k/1\\""}', '{"key":"[redacted]"}'],
    ['?a=k%2F1%22', ''],
    ['see https://e.com/a?b=c, then', 'see https://e.com/a then'],
    ['"https:\\/\\/e.com\\/a?b=c"', '"https:\\/\\/e.com\\/a"'],
    ['http://user:pass@e.com/a', 'http://e.com/a'],
    ['/o.webm?X-Amz-Signature=1', '/o.webm'],
    ['really? yes', 'really? yes'],
  ])('%s', (original, clean) => {
    expect(text(original)).toBe(clean)
  })

  it('reaches into JSON and keeps lines short', () => {
    expect(json({ a: ['k/1"', 1, null], 'k/1"': true })).toEqual({
      a: ['[redacted]', 1, null],
      '[redacted]': true,
    })
    expect(line('a\n\u202eb   c', 4)).toBe('a b…')
  })
})
