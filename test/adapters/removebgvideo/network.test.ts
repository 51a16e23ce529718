import { describe, expect, it } from 'vitest'
import { aClient, CALLS, failureOf, JOB_ID, OPERATIONS } from './support/calls.ts'
import { startSocketServer, startVendorServer } from './support/vendor-server.ts'

async function closedPort(): Promise<string> {
  const { createServer } = await import('node:net')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 1}`
}

describe('a call that meets no answer', () => {
  it.each(OPERATIONS)('%s: a refused connection has sent nothing', async (operation) => {
    const { kind, facts } = await failureOf(CALLS[operation](aClient(await closedPort())))

    expect([kind, facts.sendOutcome]).toEqual(['VendorUnavailable', 'not-sent'])
  })

  it('an unknown host has got nothing', async () => {
    const { kind, facts } = await failureOf(aClient('http://nowhere.invalid').startJob(JOB_ID))

    expect([kind, facts.sendOutcome]).toEqual(['VendorUnavailable', 'not-sent'])
  })

  it('a server that speaks no TLS has got nothing', async () => {
    const url = await startSocketServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))

    const { kind, facts } = await failureOf(aClient(url.replace('http:', 'https:')).startJob(JOB_ID))

    expect([kind, facts.sendOutcome]).toEqual(['VendorUnavailable', 'not-sent'])
  })

  it.each(OPERATIONS)('%s: a reset after the request is in doubt', async (operation) => {
    const url = await startSocketServer((socket) => socket.resetAndDestroy())

    const { kind, facts } = await failureOf(CALLS[operation](aClient(url)))

    expect([kind, facts.sendOutcome]).toEqual(['VendorUnavailable', 'in-doubt'])
  })

  it('a 2xx that breaks off is in doubt', async () => {
    const url = await startSocketServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"id":'),
    )

    expect((await failureOf(aClient(url).startJob(JOB_ID))).facts.sendOutcome).toBe('in-doubt')
  })

  it('an error that breaks off was heard', async () => {
    const url = await startSocketServer((socket) =>
      socket.end('HTTP/1.1 402 Payment Required\r\ncontent-length: 100\r\n\r\n{"err'),
    )

    const { kind, facts } = await failureOf(aClient(url).startJob(JOB_ID))

    expect([kind, facts.sendOutcome]).toEqual(['InsufficientCredits', 'refused'])
  })

  it('what is not HTTP breaks the contract', async () => {
    const url = await startSocketServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))

    const { kind, facts } = await failureOf(aClient(url).startJob(JOB_ID))

    expect([kind, facts.sendOutcome]).toEqual(['ContractViolation', 'in-doubt'])
  })

  it('its time runs out: before an answer, and within one', async () => {
    const silent = await startVendorServer(() => {})
    const halting = await startVendorServer((_request, response) => {
      response.writeHead(200)
      response.write('{')
    })

    for (const { url } of [silent, halting]) {
      const failure = await failureOf(aClient(url).startJob(JOB_ID, {}, { timeoutMs: 100 }))
      expect(failure.message).toBe(`start vendor job ${JOB_ID}: no answer from the vendor within 0.1 s`)
      expect(failure.facts.sendOutcome).toBe('in-doubt')
    }
  })

  it("ends with the caller's own reason when the caller ends it", async () => {
    const stop = new AbortController()
    const reason = new Error('cancelled')
    const { url } = await startVendorServer(() => stop.abort(reason))

    await expect(aClient(url).startJob(JOB_ID, {}, { signal: stop.signal })).rejects.toBe(reason)
    await expect(aClient(url).startJob(JOB_ID, {}, { signal: stop.signal })).rejects.toBe(reason)
  })

  it('a 2xx longer than 1 MiB is not read to its end', async () => {
    const { url } = await startVendorServer((_request, response) => {
      response.end(JSON.stringify({ id: JOB_ID, filler: 'x'.repeat(2_000_000) }))
    })

    expect((await failureOf(aClient(url).getJob(JOB_ID))).message).toContain('longer than 1 MiB')
  })
})
