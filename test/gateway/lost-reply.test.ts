import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { expect, it } from 'vitest'
import { answerOf, removalForm, startGatewayEnvironment } from './support/gateway-environment.ts'

it('a 202 that was lost is mended by the same request with the same Idempotency-Key, and buys once', async () => {
  const env = await startGatewayEnvironment()
  const variables = { GATEWAY_TOKENS: 'acme:a-token' }
  const [first, second] = [await env.startGateway({ variables }), await env.startGateway({ variables })]
  // Hands everything on, and breaks the connection in place of the answer.
  const deaf = createServer((client) => {
    const upstream = connect(Number(new URL(first.url).port), '127.0.0.1')
    client.on('error', () => {}).pipe(upstream)
    upstream.on('error', () => {}).on('data', () => client.destroy())
    client.on('close', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve))
  const { port } = deaf.address() as AddressInfo
  const send = (url: string) =>
    fetch(`${url}/v1/removals`, {
      method: 'POST',
      body: removalForm(env.clipBytes),
      headers: { 'idempotency-key': 'order 7', authorization: 'Bearer a-token', prefer: 'wait=30' },
    })

  await expect(send(`http://127.0.0.1:${port}`)).rejects.toThrow('fetch failed')
  expect(env.sandbox.report()).toMatchObject({ jobsBought: 1 })
  const repeated = await Promise.all([send(first.url), send(second.url)])

  const answers = await Promise.all(repeated.map(answerOf))
  const accepted = answers.filter(({ status }) => status === 202)
  expect(accepted).not.toEqual([])
  for (const { body } of accepted) expect(body).toMatchObject({ state: 'succeeded' })
  expect(new Set(accepted.map(({ body }) => body.id)).size).toBe(1)
  expect(env.sandbox.report()).toMatchObject({ jobsBought: 1 })
  deaf.close()
  await env.close()
}, 120_000)
