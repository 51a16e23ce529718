import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { ActivityCancellationDetails } from '@temporalio/common'
import type { MockActivityEnvironment } from '@temporalio/testing'
import { describe, expect, it } from 'vitest'
import { createActivities } from '../../activities/index.ts'
import {
  ALWAYS,
  answer,
  cutOutput,
  deadOutput,
  foreignOutput,
  otherOutput,
  redirectOutput,
  shortOutput,
} from '../../sandbox/index.ts'
import { serveBytes } from '../adapters/transfer/support/serve-bytes.ts'
import { inFull } from '../support/in-full.ts'
import { matte } from '../support/mattes.ts'
import { serveHttp } from '../support/serve-http.ts'
import { aCompleted } from './support/bought-so-far.ts'
import type { Attempt } from './support/run-activity.ts'
import { failureOf, runActivity } from './support/run-activity.ts'
import type { Stage } from './support/stage.ts'
import { useStages } from './support/stage.ts'

const aStage = useStages()

type Removal = Awaited<ReturnType<typeof aCompleted>>

const inputOf = (removal: Removal) => ({ ...removal, wantsAlpha: true, durationSeconds: 3 })
const retrieve = ({ activities }: Stage, removal: Removal, attempt: Attempt = {}) =>
  runActivity(activities.retrieveOutput, inputOf(removal), attempt)
const failedRetrieval = ({ activities }: Stage, removal: Removal, attempt: Attempt = {}) =>
  failureOf(activities.retrieveOutput, inputOf(removal), attempt)

/** What every attempt of one activity hands on to the next. */
function heartbeats(): Attempt {
  const attempt: Attempt = {
    attempt: 0,
    watch: (environment) => {
      attempt.attempt = (attempt.attempt ?? 0) + 1
      environment.on('heartbeat', (details: unknown) => {
        attempt.heartbeatDetails = details
      })
    },
  }
  return attempt
}

const leftovers = ({ deps }: Stage) => readdir(deps.workFolder)

const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** A host of outputs that is not the vendor's own; its first answer may stop half-way until it is cut. */
async function anOutputHost({ stopsFirst = false } = {}) {
  const file = await readFile(await matte('webm'))
  const half = Math.floor(file.length / 2)
  let stopped: ServerResponse | undefined
  const server = await serveHttp((request, response) => {
    if (!stopsFirst || stopped !== undefined) return serveBytes(file)(request, response)
    stopped = response
    return serveBytes(file.subarray(0, half), { claims: file.length })(request, response)
  })
  return { ...server, name: new URL(server.url).host, file, half, cut: () => stopped?.destroy() }
}

async function keysBeneath({ deps }: Stage, prefix: string): Promise<string[]> {
  const keys: string[] = []
  for await (const key of deps.storage.list(prefix)) keys.push(key)
  return keys
}

describe('an output that is what was bought', () => {
  it('ends in the storage, verified', async () => {
    const stage = await aStage()
    const removal = await aCompleted(stage)

    const output = await retrieve(stage, removal)

    const bytes = await readFile(fileURLToPath(output.location))
    expect(output).toMatchObject({ bytes: bytes.length, sha256: sha256Of(bytes), hasAlpha: true })
    expect(output.durationSeconds).toBeCloseTo(3, 0)
    expect(await leftovers(stage)).toEqual([])
  })

  it('is the same when the activity is repeated, and buys nothing', async () => {
    const stage = await aStage()
    const removal = await aCompleted(stage)
    const first = await retrieve(stage, removal)

    expect(await retrieve(stage, removal, { attempt: 2 })).toEqual(first)
    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 1 } })
  })
})

describe('a download that is cut off', () => {
  it('is an outage, and the next attempt fetches only the rest', async () => {
    const host = await anOutputHost({ stopsFirst: true })
    const stage = await aStage({
      faults: [foreignOutput(host.url)],
      variables: { MATTEFLOW_OUTPUT_HOSTS: host.name },
    })
    const removal = await aCompleted(stage)
    const watch = (environment: NodeJS.EventEmitter) =>
      environment.on('heartbeat', ({ bytes }: { bytes: number }) => bytes >= host.half && host.cut())

    expect(await failedRetrieval(stage, removal, { watch })).toMatchObject({
      type: 'VendorUnavailable',
      nonRetryable: false,
    })
    const { bytes, sha256 } = await retrieve(stage, removal, { attempt: 2 })

    expect(host.requests.map(({ headers }) => headers.range)).toEqual([undefined, `bytes=${host.half}-`])
    expect({ bytes, sha256 }).toEqual({ bytes: host.file.length, sha256: sha256Of(host.file) })
    expect(await leftovers(stage)).toEqual([])
  })
})

describe('an output URL that is dead', () => {
  it.each([403, ...inFull<404 | 410>(404, 410)] as const)('with %d is minted anew', async (status) => {
    const stage = await aStage({ faults: [deadOutput(status)] })
    const removal = await aCompleted(stage)

    await retrieve(stage, removal)

    expect(stage.sandbox.report().requests).toMatchObject({ output: 2 })
  })

  it('twice is asked for by the legacy route', async () => {
    const stage = await aStage({ faults: [deadOutput(403, { occurrence: { from: 1, to: 2 } })] })
    const removal = await aCompleted(stage)

    await retrieve(stage, removal)

    expect(stage.sandbox.report().requests).toMatchObject({ output: 3, download: 1 })
  })

  it.each([
    ['and stays so', []],
    ['where the legacy route is unknown', [answer('download', 404)]],
    ...inFull<[string, ReturnType<typeof answer>[]]>(
      ['where the legacy route refuses the key', [answer('download', 401)]],
      ['where the legacy route wants credits', [answer('download', 402)]],
      ['where the legacy route knows no such request', [answer('download', 400)]],
    ),
  ])('%s is expired after every way', async (_how, faults) => {
    const stage = await aStage({ faults: [deadOutput(410, { occurrence: ALWAYS }), ...faults] })
    const removal = await aCompleted(stage)

    expect(await failedRetrieval(stage, removal)).toMatchObject({
      type: 'OutputExpired',
      nonRetryable: true,
      document: { vendorJobId: removal.vendorJobId },
    })
    expect(stage.sandbox.report().requests).toMatchObject({ download: 1 })
  })
})

describe('an output on a host that is not allowed', () => {
  it.each(['named by the job', 'redirected to'])('is not fetched when %s', async (how) => {
    const stranger = await serveHttp((_request, response) => response.end('bytes of a stranger'))
    const fault =
      how === 'named by the job'
        ? foreignOutput(stranger.url)
        : redirectOutput(`${stranger.url}/x?signature=1`)
    const stage = await aStage({ faults: [fault] })
    const removal = await aCompleted(stage)

    const failure = await failedRetrieval(stage, removal)

    expect(failure).toMatchObject({ type: 'ContractViolation', nonRetryable: true })
    expect(failure.document?.hint).toContain('MATTEFLOW_OUTPUT_HOSTS')
    expect(JSON.stringify(failure)).not.toContain('signature')
    expect(stranger.requests).toEqual([])
  })

  it('is fetched when the host was listed, without the key', async () => {
    const host = await anOutputHost()
    const stage = await aStage({
      faults: [foreignOutput(host.url)],
      variables: { MATTEFLOW_OUTPUT_HOSTS: host.name },
    })
    const removal = await aCompleted(stage)

    expect(await retrieve(stage, removal)).toMatchObject({ bytes: host.file.length })
    expect(JSON.stringify(host.requests)).not.toContain(stage.sandbox.keys[0])
  })
})

describe('a complete output that is not what was bought', () => {
  it.each(['wrong-container', 'opaque-matte', 'empty-matte', 'wrong-length', 'no-alpha'] as const)(
    'once (%s) is fetched anew',
    async (flaw) => {
      const stage = await aStage({ faults: [otherOutput(flaw)] })
      const removal = await aCompleted(stage)

      expect(await retrieve(stage, removal)).toMatchObject({ hasAlpha: true })
      expect(await keysBeneath(stage, 'refused')).toEqual([])
    },
  )

  it('twice is refused, its bytes kept', async () => {
    const stage = await aStage({ faults: [otherOutput('opaque-matte', { occurrence: { from: 1, to: 2 } })] })
    const removal = await aCompleted(stage)

    const failure = await failedRetrieval(stage, removal)

    expect(failure).toMatchObject({
      type: 'OutputInvalid',
      nonRetryable: true,
      document: {
        vendorJobId: removal.vendorJobId,
        hint: expect.stringContaining(join('refused', removal.removalId)),
      },
    })
    expect(await keysBeneath(stage, `refused/${removal.removalId}`)).toHaveLength(1)
    expect(await keysBeneath(stage, 'outputs')).toEqual([])
    expect(await leftovers(stage)).toEqual([])
  })

  it('is counted across attempts: whatever comes between, the second is proof', async () => {
    const stage = await aStage({
      faults: [answer('output', 503, { occurrence: 2 }), otherOutput('opaque-matte', { occurrence: ALWAYS })],
    })
    const removal = await aCompleted(stage)
    const beats = heartbeats()

    expect(await failedRetrieval(stage, removal, beats)).toMatchObject({ type: 'VendorUnavailable' })
    expect(await failedRetrieval(stage, removal, beats)).toMatchObject({
      type: 'OutputInvalid',
      document: { proven: true },
    })
    expect(stage.sandbox.report().requests).toMatchObject({ output: 3 })
  })

  it('is not kept for one that breaks off within the file and then is whole', async () => {
    const stage = await aStage({ faults: [shortOutput()] })
    const removal = await aCompleted(stage)

    await retrieve(stage, removal)

    expect(await keysBeneath(stage, 'refused')).toEqual([])
  })
})

describe('an output that lacks its end', () => {
  const BUDGET = { settings: { outageBudgetMs: 60_000 } }

  it('twice is an outage with a pause, and is served when it is whole', async () => {
    const stage = await aStage({ faults: [shortOutput({ occurrence: { from: 1, to: 2 } })], ...BUDGET })
    const removal = await aCompleted(stage)
    const beats = heartbeats()

    const failure = await failedRetrieval(stage, removal, beats)
    expect(failure).toMatchObject({ type: 'VendorUnavailable', nonRetryable: false })
    expect(failure.nextRetryDelay).toBeGreaterThan(0)

    expect(await retrieve(stage, removal, beats)).toMatchObject({ hasAlpha: true, warnings: [] })
    expect(await keysBeneath(stage, 'refused')).toEqual([])
  })

  it('twice proves nothing, however long the transfers took', async () => {
    const stage = await aStage({ faults: [shortOutput({ occurrence: { from: 1, to: 2 } })], ...BUDGET })
    const removal = await aCompleted(stage)
    const beats = heartbeats()
    let clock = Date.now()
    const jumping = createActivities({ ...stage.deps, now: () => (clock += 61_000) })

    expect(await failedRetrieval({ ...stage, activities: jumping }, removal, beats)).toMatchObject({
      type: 'VendorUnavailable',
    })
    expect(await retrieve(stage, removal, beats)).toMatchObject({ hasAlpha: true })
  })

  it('is seen so in a body without a length that ends properly at half', async () => {
    const file = await readFile(await matte('webm'))
    let answers = 0
    const host = await serveHttp((request, response) => {
      answers += 1
      const served = answers < 3 ? file.subarray(0, file.length / 2) : file
      return serveBytes(served, { chunked: true, etag: null })(request, response)
    })
    const name = new URL(host.url).host
    const stage = await aStage({
      faults: [foreignOutput(host.url)],
      variables: { MATTEFLOW_OUTPUT_HOSTS: name },
    })
    const removal = await aCompleted(stage)
    const beats = heartbeats()

    expect(await failedRetrieval(stage, removal, beats)).toMatchObject({ type: 'VendorUnavailable' })
    expect(await retrieve(stage, removal, beats)).toMatchObject({ bytes: file.length })
  })

  it('until the outage budget is spent is proven, and its bytes are kept', async () => {
    const stage = await aStage({ faults: [shortOutput({ occurrence: ALWAYS })], ...BUDGET })
    const removal = await aCompleted(stage)
    const beats = heartbeats()

    let failure = await failedRetrieval(stage, removal, beats)
    let attempts = 1
    for (; failure.type === 'VendorUnavailable' && attempts < 50; attempts += 1) {
      stage.pass(Number(failure.nextRetryDelay))
      failure = await failedRetrieval(stage, removal, beats)
    }

    expect(failure).toMatchObject({ type: 'OutputInvalid', nonRetryable: true, document: { proven: true } })
    expect(attempts).toBeGreaterThan(5)
    expect(attempts).toBeLessThan(20)
    const [key = ''] = await keysBeneath(stage, `refused/${removal.removalId}`)
    expect(await stage.deps.ledger.vendorJobs.find(removal)).toMatchObject({
      refusedOutput: { location: stage.deps.storage.location(key), bytes: expect.any(Number) },
    })
  })
})

describe('an output about which there is a doubt', () => {
  const faults = [otherOutput('semi-transparent', { occurrence: ALWAYS })]

  it('is delivered at once, and the doubt is named', async () => {
    const stage = await aStage({ faults })
    const removal = await aCompleted(stage)

    expect(await retrieve(stage, removal)).toMatchObject({
      hasAlpha: true,
      warnings: [{ code: 'alpha-partial', message: expect.any(String) }],
    })
    expect(stage.sandbox.report().requests).toMatchObject({ output: 1 })
  })

  it('is refused where the request is strict: kept, not proven, and nothing is fetched again', async () => {
    const stage = await aStage({ faults })
    const removal = await aCompleted(stage)

    const failure = await failureOf(stage.activities.retrieveOutput, { ...inputOf(removal), strict: true })

    expect(failure).toMatchObject({
      type: 'OutputInvalid',
      nonRetryable: true,
      document: { proven: false, hint: expect.stringContaining(`watch ${removal.removalId} --refused`) },
    })
    expect(await keysBeneath(stage, `refused/${removal.removalId}`)).toHaveLength(1)
    expect(stage.sandbox.report().requests).toMatchObject({ output: 1 })
  })
})

describe('the length of an output', () => {
  it.each([
    ['the picture of the input, while its sound goes on', { durationSeconds: 30, inputSeconds: [30, 3] }],
    ['nothing that is known', { durationSeconds: null, inputSeconds: [] }],
    ['what an earlier release tells', { durationSeconds: 3 }],
  ])('may be that of %s', async (_, lengths) => {
    const stage = await aStage()
    const removal = await aCompleted(stage)
    const output = await runActivity(stage.activities.retrieveOutput, { ...inputOf(removal), ...lengths })

    expect(output).toMatchObject({ warnings: [] })
  })

  it('that is the vendor’s own and not the input’s is a doubt', async () => {
    const stage = await aStage()
    const removal = await aCompleted(stage)
    const output = await runActivity(stage.activities.retrieveOutput, {
      ...inputOf(removal),
      durationSeconds: 6,
      inputSeconds: [6],
    })

    expect(output.warnings).toMatchObject([{ code: 'length-differs' }])
  })
})

describe('a retrieval that is cancelled', () => {
  it('leaves nothing behind', async () => {
    const stage = await aStage({ faults: [cutOutput({ share: 0.5 })] })
    const removal = await aCompleted(stage)
    await failedRetrieval(stage, removal)
    expect(await leftovers(stage)).not.toEqual([])

    await expect(
      retrieve(stage, removal, { watch: (environment) => environment.cancel('CANCELLED' as never) }),
    ).rejects.toThrow()

    expect(await leftovers(stage)).toEqual([])
  })
})

describe('a retrieval that ends without anybody having asked for it', () => {
  it.each([
    ['the shutdown of its worker', 'WORKER_SHUTDOWN', { workerShutdown: true }],
    ['an attempt whose time is over', 'TIMED_OUT', { timedOut: true }],
    ...inFull<[string, string, object]>(
      ['a heartbeat that was lost', 'NOT_FOUND', { notFound: true }],
      ['a pause', 'PAUSED', { paused: true }],
      ['a reset', 'ACTIVITY_RESET', { reset: true }],
    ),
  ])('by %s keeps its bytes, and the next attempt goes on from them', async (_how, reason, details) => {
    const host = await anOutputHost({ stopsFirst: true })
    const stage = await aStage({
      faults: [foreignOutput(host.url)],
      variables: { MATTEFLOW_OUTPUT_HOSTS: host.name },
    })
    const removal = await aCompleted(stage)
    const watch = (environment: MockActivityEnvironment) =>
      environment.on('heartbeat', ({ bytes }: { bytes: number }) => {
        if (bytes >= host.half) environment.cancel(reason as never, new ActivityCancellationDetails(details))
      })

    await expect(retrieve(stage, removal, { watch })).rejects.toThrow()
    expect(await leftovers(stage)).toHaveLength(2)
    const { sha256 } = await retrieve(stage, removal, { attempt: 2 })

    expect(host.requests.map(({ headers }) => headers.range)).toEqual([undefined, `bytes=${host.half}-`])
    expect(sha256).toBe(sha256Of(host.file))
  })
})

describe('an output that is in the storage already', () => {
  it('is not asked of the vendor again, who may not have it any more', async () => {
    const stage = await aStage()
    const removal = await aCompleted(stage)
    const first = await retrieve(stage, removal)
    stage.sandbox.addFaults([deadOutput(410, { occurrence: ALWAYS })])

    expect(await retrieve(stage, removal)).toEqual(first)
    expect(await leftovers(stage)).toEqual([])
  })

  it('is fetched again where it is not what was bought', async () => {
    const stage = await aStage()
    const removal = await aCompleted(stage)
    const first = await retrieve(stage, removal)
    const [key = ''] = await keysBeneath(stage, 'outputs')
    await stage.deps.storage.write(key, Readable.from([Buffer.from('no video')]))

    expect(await retrieve(stage, removal)).toEqual(first)
  })
})
