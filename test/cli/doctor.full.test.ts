import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../sandbox/index.ts'
import { startSandbox } from '../../sandbox/index.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { isList, oddStore, s3Error } from '../adapters/storage/support/odd-store.ts'
import { createUser, runCli } from './support/run-cli.ts'

const NOWHERE = '127.0.0.1:9'
const LONG_MS = 60_000

interface Doctor {
  problems: { kind: string; problem: string; fix: string }[]
  proxy: string | null
}

async function doctor(more: Record<string, string>) {
  const { environment } = await createUser()
  const run = await runCli(['doctor', '--json'], { environment: { ...environment, ...more } })
  return { ...(JSON.parse(run.stdout) as Doctor), exitCode: run.exitCode, text: run.stdout + run.stderr }
}

describe('a set-up in which nothing can be reached', () => {
  it(
    'has a line with a fix for each part, and no secret in it',
    async () => {
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
    },
    LONG_MS,
  )

  it(
    'names the proxy by which the vendor was tried, without its password',
    async () => {
      const found = await doctor({
        REMOVEBGVIDEO_API_KEY: 'any',
        HTTPS_PROXY: `http://me:secret-word@${NOWHERE}`,
      })

      expect(found.problems.map(({ problem }) => problem).join()).toContain(
        `through the proxy http://${NOWHERE}`,
      )
      expect(found.proxy).toBe(`http://${NOWHERE}`)
      expect(found.text).not.toContain('secret-word')
    },
    LONG_MS,
  )
})

describe('a set-up without a key', () => {
  it('names the variable', async () => {
    const { problems, exitCode } = await doctor({ REMOVEBGVIDEO_BASE_URL: `http://${NOWHERE}` })

    expect(problems.map(({ problem }) => problem)).toEqual([expect.stringContaining('REMOVEBGVIDEO_API_KEY')])
    expect(exitCode).toBe(2)
  })
})

describe('a set-up whose parts answer and do not do', () => {
  let sandbox: Sandbox
  let temporal: Awaited<ReturnType<typeof startTemporalServer>>

  beforeAll(async () => {
    ;[sandbox, temporal] = await Promise.all([
      startSandbox({ modes: { instant: true } }),
      startTemporalServer('dev'),
    ])
  }, LONG_MS)
  afterAll(() => Promise.all([sandbox.close(), temporal.teardown()]))

  it(
    'names a key that the vendor refuses',
    async () => {
      const found = await doctor({
        REMOVEBGVIDEO_BASE_URL: sandbox.url,
        REMOVEBGVIDEO_API_KEY: 'revoked-secret',
      })

      expect(found.problems).toMatchObject([{ kind: 'CredentialsRejected' }])
      expect(found.text).not.toContain('revoked-secret')
      expect(found.exitCode).toBe(3)
    },
    LONG_MS,
  )

  it(
    'names each task queue that no worker polls, and a namespace that is not there',
    async () => {
      const { address } = temporal
      const environment = {
        TEMPORAL_ADDRESS: address,
        REMOVEBGVIDEO_BASE_URL: sandbox.url,
        REMOVEBGVIDEO_API_KEY: sandbox.keys[0] ?? '',
      }
      const [unserved, nowhere] = [
        await doctor(environment),
        await doctor({ ...environment, TEMPORAL_NAMESPACE: 'elsewhere' }),
      ]

      expect(unserved.problems).toMatchObject([
        { problem: expect.stringMatching(/no worker polls matteflow, matteflow-submit, matteflow-status/) },
      ])
      expect(nowhere.problems[0]?.problem).toContain('has no namespace elsewhere')
      expect([unserved.exitCode, nowhere.exitCode]).toEqual([7, 7])
    },
    LONG_MS,
  )
})

describe('a storage that works but for one right', () => {
  it('is a line that names the right', async () => {
    const { environment } = await createUser()
    const store = await oddStore(
      (request, response) => isList(request) && s3Error(response, 403, 'AccessDenied'),
    )
    const run = await runCli(['doctor', '--json'], {
      environment: {
        ...environment,
        STORAGE_URL: 's3://mattes/p',
        AWS_ENDPOINT_URL: store.url,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        REMOVEBGVIDEO_BASE_URL: `http://${NOWHERE}`,
      },
    })
    const { problems } = JSON.parse(run.stdout) as { problems: { problem: string; fix: string }[] }

    expect(problems).toContainEqual({
      kind: 'PlatformUnavailable',
      problem: expect.stringMatching(/^storage: list s3:\/\/mattes\/p\/checks\/.+: access is denied$/),
      fix: 'Grant the access key s3:ListBucket on the bucket.',
    })
  }, 30_000)
})
