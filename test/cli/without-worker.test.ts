import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configFrom } from '../../config.ts'
import type { Stack } from '../../local/stack.ts'
import { startStack } from '../../local/start-stack.ts'
import { stopStack } from '../../local/stop-stack.ts'
import { createUser, runCli } from './run-cli.ts'

const START_MS = 60_000

let user: Awaited<ReturnType<typeof createUser>>
let stack: Stack

beforeAll(async () => {
  user = await createUser()
  const config = configFrom(user.environment)
  stack = await startStack({
    config,
    environment: user.environment,
    vendor: 'none',
    idle: 'never',
    log: () => {},
  })
  const clip = [
    '-f',
    'lavfi',
    '-i',
    'color=c=0x00B140:s=64x64:r=5:d=1',
    '-c:v',
    'libx264',
    '-pix_fmt',
    'yuv420p',
  ]
  await promisify(execFile)('ffmpeg', ['-v', 'error', ...clip, join(user.home, 'clip.mp4')])
}, START_MS)

afterAll(async () => {
  await stopStack(join(user.home, 'matteflow'))
  await rm(user.home, { recursive: true, force: true })
}, START_MS)

describe('a Temporal server of the user without a worker', () => {
  it('lets a removal wait, and says what it waits for', async () => {
    const environment = { ...user.environment, TEMPORAL_ADDRESS: stack.temporal.address }
    const run = await runCli(['remove', 'clip.mp4', '--id', 'order-1'], {
      cwd: user.home,
      environment,
      onStderr: (text, interrupt) => text.includes('no worker polls') && interrupt(),
    })
    const status = await runCli(['status', 'order-1', '--json'], { environment })

    expect(run.stderr).toContain('matteflow worker')
    expect(run.exitCode).toBe(130)
    expect(JSON.parse(status.stdout)).toMatchObject({ id: 'order-1', state: 'accepted' })
  }, 30_000)
})
