import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { startGatewayEnvironment } from './support/gateway-environment.ts'

it('what the README shows with curl works as it stands', async () => {
  const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8')
  const [, lines = ''] = /```sh\n(export MATTEFLOW=.*?)```/s.exec(readme) ?? []
  const env = await startGatewayEnvironment()
  const { url } = await env.startGateway()
  const cwd = await mkdtemp(join(env.folder, 'shell-'))
  await copyFile(env.clip, join(cwd, 'clip.mp4'))
  const script = `set -e\n${lines.replace(/^export MATTEFLOW=.*$/m, `export MATTEFLOW=${url}`)}`

  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd })

  expect(lines.match(/curl/g)?.length).toBeGreaterThan(5)
  expect(stdout).toContain('"creditsPerMinute":45')
  expect(stdout).toContain('event: removal')
  expect(stdout).toContain('"nextCursor":null')
  const removal = JSON.parse(await readFile(join(cwd, 'removal.json'), 'utf8')) as {
    output: { bytes: number }
  }
  expect((await stat(join(cwd, 'clip.webm'))).size).toBe(removal.output.bytes)
  await env.close()
}, 120_000)
