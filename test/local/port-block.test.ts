import type { Server } from 'node:net'
import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { isPortClash, takePortBlock } from '../../local/processes/port-block.ts'

async function taken(wished: number | null) {
  const block = await takePortBlock(wished)
  onTestFinished(() => block.release())
  return block
}

async function strangerAt(port: number): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  onTestFinished(() => void server.close())
  return server
}

it('is never shared by stacks that start at the same moment, all of which wish the same one', async () => {
  const running = await taken(null)

  const starting = await Promise.all(Array.from({ length: 20 }, () => taken(running.first)))

  const ports = [running, ...starting].flatMap((block) => [block.first, ...Object.values(block.ports)])
  expect(new Set(ports).size).toBe(ports.length)
  expect(Math.max(...ports)).toBeLessThan(32_768)
})

it('is had again by the next stack of the home, once the last one has let it go', async () => {
  const block = await takePortBlock(null)
  await block.release()

  expect(await taken(block.first)).toMatchObject({ first: block.first, ports: block.ports })
})

it('is another one where a stranger listens on a single port of it', async () => {
  const { first, ports, release } = await takePortBlock(null)
  await release()
  await strangerAt(ports.temporalHttp)

  expect((await taken(first)).first).not.toBe(first)
})

it.each([
  "Error: can't set frontend HTTP port 21023: listen tcp 127.0.0.1:21023: bind: address already in use",
  'unexpected: listen EADDRINUSE: address already in use 127.0.0.1:20005\n  This may be a bug of matteflow',
  'InvalidRequest: --port: 20006 is in use by another process\n  Choose another port; 0 takes any free one.',
])('is known to clash from what the process said: %s', (lastWords) => {
  expect(isPortClash(lastWords)).toBe(true)
  expect(isPortClash('the ledger is open in another process')).toBe(false)
})
