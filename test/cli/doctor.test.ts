import { describe, expect, it } from 'vitest'
import { createUser, runCli } from './run-cli.ts'

const NOWHERE = '127.0.0.1:9'

describe('a set-up in which nothing can be reached', () => {
  it('has a line with a fix for each part, and no secret in it', async () => {
    const { environment } = await createUser()
    const run = await runCli(['doctor'], {
      environment: {
        ...environment,
        TEMPORAL_ADDRESS: NOWHERE,
        DATABASE_URL: `postgres://user:secret-word@${NOWHERE}/books`,
        REMOVEBGVIDEO_BASE_URL: `http://${NOWHERE}`,
        REMOVEBGVIDEO_API_KEY: 'secret-key',
      },
    })
    const lines = run.stdout.trim().split('\n')

    expect(lines).toHaveLength(3)
    for (const line of lines) expect(line).toMatch(/.+ → .+/)
    expect(run.stdout).toContain(`Temporal at ${NOWHERE}`)
    expect(run.stdout + run.stderr).not.toMatch(/secret/)
    expect(run.exitCode).toBe(7)
  }, 30_000)
})

describe('a set-up without a key', () => {
  it('names the variable', async () => {
    const { environment } = await createUser()
    const run = await runCli(['doctor', '--json'], {
      environment: { ...environment, REMOVEBGVIDEO_BASE_URL: `http://${NOWHERE}` },
    })
    const { problems } = JSON.parse(run.stdout) as { problems: { problem: string }[] }

    expect(problems.map(({ problem }) => problem)).toEqual([expect.stringContaining('REMOVEBGVIDEO_API_KEY')])
    expect(run.exitCode).toBe(2)
  })
})
