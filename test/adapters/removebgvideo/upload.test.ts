import { describe, expect, it } from 'vitest'
import { aClient, aFile, chunks, failureOf } from './support/calls.ts'
import { startAnswering } from './support/vendor-server.ts'

const stored = {
  success: true,
  video_id: 'v1',
  video_url: 'https://cdn.example.com/uploads/v1.mp4',
  size: 11,
}

describe('an upload', () => {
  it('is one multipart part of a length known beforehand', async () => {
    const { url, requests } = await startAnswering(200, stored, { 'x-request-id': 'req_1' })
    const progress: number[] = []

    const upload = await aClient(url).upload(
      aFile('', {
        body: chunks(Buffer.from('hello '), Buffer.from('world')),
        sizeBytes: 11,
        onProgress: (bytes) => progress.push(bytes),
      }),
    )

    expect(upload).toEqual({
      videoUrl: stored.video_url,
      videoId: 'v1',
      sizeBytes: 11,
      requestId: 'req_1',
    })
    const { headers, body } = requests[0] ?? { headers: {}, body: Buffer.alloc(0) }
    expect(headers['content-length']).toBe(String(body.byteLength))
    expect(headers['transfer-encoding']).toBeUndefined()
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': headers['content-type'] ?? '' },
    }).formData()
    const file = form.get('file')
    if (!(file instanceof File)) throw new Error('no file in the form')
    expect([file.name, file.type, await file.text()]).toEqual(['clip.mp4', 'video/mp4', 'hello world'])
    expect(progress).toEqual([6, 11])
  })

  it.each([
    ['../../etc/passwd', 'video/mp4', 'passwd.mp4'],
    ['a"b\r\nX-Evil: 1.mov', 'video/quicktime', 'a_b_X-Evil_1.mov'],
    ['Ferien in Köln.MP4', 'video/webm', 'Ferien_in_Ko_ln.webm'],
    ['', 'video/x-msvideo', 'video.avi'],
    ['clip.mkv', 'video/x-matroska', 'clip.mkv'],
  ])('names %j of %s plainly: %s', async (fileName, contentType, name) => {
    const { url, requests } = await startAnswering(200, stored)

    await aClient(url).upload(aFile('video', { fileName, contentType }))

    expect(String(requests[0]?.body)).toContain(`filename="${name}"\r\nContent-Type: ${contentType}\r\n`)
  })

  it.each([
    ['fewer', 'vid', '3 of its 5 bytes'],
    ['more', 'videos', 'more than its 5 bytes'],
  ])(
    'of a source with %s bytes than it said is our failure, not the vendor’s',
    async (_word, content, said) => {
      const { url } = await startAnswering(200, stored)

      const failure = await failureOf(aClient(url).upload(aFile(content, { sizeBytes: 5 })))

      expect(failure.kind).toBe('PlatformUnavailable')
      expect(failure.message).toContain(said)
    },
  )

  it('passes an error of its source on, unchanged', async () => {
    const { url } = await startAnswering(200, stored)
    const broken = new Error('the store went away')
    async function* body(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('vi'))
      throw broken
    }

    await expect(aClient(url).upload(aFile('video', { body: body() }))).rejects.toBe(broken)
  })

  it.each(['ftp://e.com/v.mp4', 'v.mp4', '', 7, null])(
    'without a usable address is in doubt: %j',
    async (video_url) => {
      const { url } = await startAnswering(200, { ...stored, video_url })

      const { kind, facts } = await failureOf(aClient(url).upload(aFile('video')))

      expect([kind, facts.sendOutcome]).toEqual(['ContractViolation', 'in-doubt'])
    },
  )
})
