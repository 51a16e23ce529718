import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Route, Sandbox } from '../../../sandbox/index.ts'
import type { Case } from './case.ts'

/** Stands between a worker and the vendor: the vendor has done what it was asked, and its answer is on the way. */
export interface HeldReplies {
  url: string
  /** From now on every answer to this route about this removal is held. */
  hold(one: Pick<Case, 'input'>, route: Route): void
  /** Whether an answer to it is held right now, and somebody still waits for it. */
  isHeld(one: Pick<Case, 'input'>, route: Route): boolean
  /** Lets every held answer go, and holds no other. */
  release(): void
  close(): Promise<void>
}

export async function openHeldReplies(sandbox: () => Sandbox): Promise<HeldReplies> {
  const wanted = new Set<string>()
  const waiting = new Map<ServerResponse, { about: string; send: () => void }>()

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const answer = await ask(new URL(incoming.url ?? '', sandbox().url), incoming)
    const body = await buffer(answer)
    const send = (): void => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(body)
    }
    const requestId = answer.headers['x-request-id']
    const record = sandbox()
      .requests()
      .find((candidate) => candidate.requestId === requestId)
    const about = `${record?.route} ${record?.input}`
    if (!wanted.has(about)) return send()
    waiting.set(outgoing, { about, send })
    outgoing.once('close', () => waiting.delete(outgoing))
  }

  const server = createServer((incoming, outgoing) => {
    void pass(incoming, outgoing).catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold({ input }, route) {
      wanted.add(`${route} ${input}`)
    },
    isHeld({ input }, route) {
      return [...waiting.values()].some(({ about }) => about === `${route} ${input}`)
    },
    release() {
      wanted.clear()
      for (const { send } of waiting.values()) send()
      waiting.clear()
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function ask(url: URL, incoming: IncomingMessage): Promise<IncomingMessage> {
  const { method = 'GET', headers } = incoming
  return new Promise((resolve, reject) => {
    const onward = forward(url, { method, headers: { ...headers, connection: 'close' } })
    onward.once('error', reject).once('response', resolve)
    incoming.pipe(onward)
  })
}
