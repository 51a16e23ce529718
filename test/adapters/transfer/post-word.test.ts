import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { postWord } from '../../../adapters/transfer/post-word.ts'
import { proxiesFrom } from '../../../domain/proxies.ts'
import { serveHttp } from '../../support/serve-http.ts'

const proxies = proxiesFrom({})

/** A receiver that answers as a test wants, and remembers what it got. */
async function aReceiver(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const got: unknown[] = []
  const { url } = await serveHttp((request, response) => {
    void text(request).then((body) => {
      got.push(JSON.parse(body))
      answer(request, response)
    })
  })
  return { url, got }
}

describe('a word to a receiver', () => {
  it('reaches one of a private address, which the operator named', async () => {
    const { url, got } = await aReceiver((_request, response) => response.writeHead(204).end())

    await postWord(`${url}/hook?token=secret#slack`, { text: 'parked' }, { proxies })

    expect(got).toEqual([{ text: 'parked' }])
  })

  it('is not taken where it redirects, and goes nowhere else', async () => {
    const inside = await aReceiver((_request, response) => response.end())
    const { url } = await aReceiver((_request, response) =>
      response.writeHead(307, { location: inside.url }).end(),
    )

    await expect(postWord(url, {}, { proxies })).rejects.toMatchObject({
      kind: 'PlatformUnavailable',
      message: expect.stringContaining('answered 307'),
    })
    expect(inside.got).toEqual([])
  })

  it.each([
    [
      'answers 500',
      (_request: IncomingMessage, response: ServerResponse) => response.writeHead(500).end(),
      'answered 500',
    ],
    ['hangs', () => {}, 'did not answer within 0.2 s'],
    ['hangs up', (request: IncomingMessage) => request.socket.destroy(), 'cannot be reached'],
  ])('is not taken where it %s, and no message names its URL', async (_what, answer, said) => {
    const { url } = await aReceiver(answer)

    const failure = await postWord(`${url}/hook?token=secret`, {}, { proxies, timeoutMs: 200 }).catch(
      (error: unknown) => error,
    )

    expect(failure).toMatchObject({ kind: 'PlatformUnavailable', message: expect.stringContaining(said) })
    expect(String(failure)).not.toContain('secret')
  })
})
