import { execFile } from 'node:child_process'
import { symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { identifyFile } from '../../client/start/identify-input.ts'
import { tempFolder } from '../support/temp-folder.ts'

async function aPipe(): Promise<string> {
  const path = join(await tempFolder(), 'clip.mp4')
  await promisify(execFile)('mkfifo', [path])
  return path
}

async function aLinkTo(target: Promise<string>): Promise<string> {
  const path = join(await tempFolder(), 'link.mp4')
  await symlink(await target, path)
  return path
}

async function aSocket(): Promise<string> {
  const path = join(await tempFolder(), 'clip.mp4')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(path, resolve))
  onTestFinished(() => void server.close())
  return path
}

it.each([
  ['a pipe that nobody writes into', aPipe, /is a pipe: expected a video file/],
  ['a link to one', () => aLinkTo(aPipe()), /is a pipe: expected a video file/],
  ['a socket', aSocket, /is a socket: expected a video file/],
  ['a device', async () => '/dev/zero', /is a device: expected a video file/],
  ['a folder', async () => tmpdir(), /is a folder: expected a video file/],
])('refuses %s at once', async (_what, make, message) => {
  await expect(identifyFile(await make(), undefined)).rejects.toMatchObject({
    kind: 'InvalidInput',
    message: expect.stringMatching(message),
  })
})
