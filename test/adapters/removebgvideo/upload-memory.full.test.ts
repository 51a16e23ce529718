import { execFile } from 'node:child_process'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { aClient, aFile, failureOf } from './support/calls.ts'

const MIB = 1_048_576
const CHILD = fileURLToPath(new URL('support/upload-sparse-file.ts', import.meta.url))

async function serve(read: (message: IncomingMessage) => void): Promise<string> {
  const server = createServer((message, response) => {
    read(message)
    message.on('end', () => response.end('{"video_url":"https://cdn.example.com/v.mp4"}'))
    message.on('error', () => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('an upload of a large file', () => {
  it('holds less than 100 MiB of 300 MiB', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'matteflow-upload-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const path = join(folder, 'clip.mp4')
    await writeFile(path, '')
    await truncate(path, 300 * MIB)
    const url = await serve((message) => message.resume())

    const { stdout } = await promisify(execFile)(process.execPath, [CHILD, url, path, String(300 * MIB)])

    expect(Number(stdout)).toBeGreaterThan(0)
    expect(Number(stdout) / 1_024).toBeLessThan(100)
  })

  it('takes nothing more from its source while the vendor reads nothing', async () => {
    const url = await serve((message) => message.pause())
    const chunk = Buffer.alloc(MIB)
    let taken = 0
    async function* body(): AsyncGenerator<Uint8Array> {
      while (taken < 300 * MIB) {
        yield await Promise.resolve(chunk)
        taken += chunk.byteLength
      }
    }

    await failureOf(
      aClient(url).upload(aFile('', { body: body(), sizeBytes: 300 * MIB }), { timeoutMs: 500 }),
    )

    // What the sockets of both sides hold.
    expect(taken).toBeLessThan(32 * MIB)
  })
})
