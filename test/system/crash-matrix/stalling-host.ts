import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A host of outputs that sends half of a file and then nothing, until it is told to flow. */
export interface StallingHost {
  url: string
  /** Answers that stopped half-way so far. */
  stalled(): number
  flow(): void
  /** The `Range` of every request, oldest first. */
  ranges(): (string | null)[]
  close(): Promise<void>
}

export async function openStallingHost(origin: () => string): Promise<StallingHost> {
  let isFlowing = false
  let stalled = 0
  const ranges: (string | null)[] = []
  const server = createServer(
    (request, response) => void answer(request, response).catch(() => response.destroy()),
  )

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { range } = request.headers
    ranges.push(range ?? null)
    const genuine = await fetch(`${origin()}${request.url ?? ''}`, {
      headers: range === undefined ? {} : { range },
    })
    const body = Buffer.from(await genuine.arrayBuffer())
    const kept = ['content-type', 'content-length', 'content-range', 'etag', 'accept-ranges']
    const headers = Object.fromEntries([...genuine.headers].filter(([name]) => kept.includes(name)))
    response.writeHead(genuine.status, headers)
    if (isFlowing) {
      response.end(body)
      return
    }
    response.write(body.subarray(0, Math.ceil(body.length / 2)), () => {
      stalled += 1
    })
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stalled: () => stalled,
    flow() {
      isFlowing = true
    },
    ranges: () => ranges,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
