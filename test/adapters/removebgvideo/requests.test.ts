import { describe, expect, it } from 'vitest'
import {
  API_KEY,
  aClient,
  CALLS,
  draftSettings,
  failureOf,
  JOB_ID,
  KEYLESS,
  OPERATIONS,
} from './support/calls.ts'
import { startAnswering, startVendorServer } from './support/vendor-server.ts'

const accepted = { success: true, id: JOB_ID, status: 'created' }

describe('what is sent', () => {
  it.each(OPERATIONS)('%s: the key goes only where one is taken', async (operation) => {
    const { url, requests } = await startAnswering(503, {})

    await failureOf(CALLS[operation](aClient(url)))

    const [request] = requests
    expect(request?.headers['x-api-key']).toBe(KEYLESS.includes(operation) ? undefined : API_KEY)
    expect(request?.url).not.toContain(encodeURIComponent(API_KEY))
  })

  it.each([
    [{ type: 'transparent' } as const, { bg_type: 'transparent', background: { type: 'transparent' } }],
    [{ type: 'color', color: '#00ff00' } as const, { background: { type: 'color', color: '#00ff00' } }],
    [
      { type: 'image', imageUrl: 'https://e.com/b.png' } as const,
      { background: { type: 'image', image_url: 'https://e.com/b.png' } },
    ],
  ])('a draft never starts and names its background: %o', async (background, fields) => {
    const { url, requests } = await startAnswering(200, accepted)

    await aClient(url).createDraft(draftSettings({ background }))

    expect(JSON.parse(String(requests[0]?.body))).toEqual({
      video_url: 'https://cdn.example.com/uploads/clip.mp4',
      model: 'original',
      output_format: 'webm',
      auto_start: false,
      ...fields,
    })
  })

  it('a start sends {} or what only a start can say', async () => {
    const { url, requests } = await startAnswering(200, accepted)
    const client = aClient(url)

    await client.startJob(JOB_ID)
    await client.startJob(JOB_ID, { previewSeconds: 5 })

    expect(requests.map(({ body }) => String(body))).toEqual(['{}', '{"preview_duration":5}'])
  })

  it('ids are encoded and a path of the base URL is kept', async () => {
    const { url, requests } = await startAnswering(503, {})

    await failureOf(aClient(`${url}/proxy/`).getJob('a/b?c'))

    expect(requests[0]?.url).toBe('/proxy/v1/jobs/a%2Fb%3Fc')
  })

  it.each(['', '.', '..'])('the id %j would name another place: our own bug', async (id) => {
    await expect(aClient('http://127.0.0.1:1').getJob(id)).rejects.toThrow(TypeError)
  })

  it('a redirect is not followed', async () => {
    const other = await startAnswering(200, accepted)
    const { url } = await startAnswering(307, {}, { location: `${other.url}/v1/jobs` })

    expect((await failureOf(CALLS.createDraft(aClient(url)))).kind).toBe('ContractViolation')
    expect(other.requests).toEqual([])
  })

  it('a key that no header can carry is refused at once', async () => {
    expect(() => aClient('http://127.0.0.1:1', { apiKey: 'a\nb' })).toThrow('the vendor key main is empty')
  })

  it('an answer about another job is in doubt', async () => {
    const { url } = await startVendorServer((_request, response) => {
      response.end(JSON.stringify({ ...accepted, id: 'other' }))
    })

    const { kind, facts } = await failureOf(aClient(url).startJob(JOB_ID))

    expect([kind, facts.sendOutcome]).toEqual(['ContractViolation', 'in-doubt'])
  })
})
