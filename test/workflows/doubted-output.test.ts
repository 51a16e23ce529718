import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { ALWAYS, otherOutput, shortOutput } from '../../sandbox/index.ts'
import { clip } from '../support/clips.ts'
import { describeInFull, itInFull } from '../support/in-full.ts'
import { documentOf } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('time-skipping')
let source: string

beforeAll(async () => {
  source = await clip('green')
})

describe('an output about which there is a doubt', () => {
  const sandbox = { faults: [otherOutput('semi-transparent', { occurrence: ALWAYS })] }

  it('is delivered with a warning, and nothing more is bought where a fallback is allowed', async () => {
    const environment = await anEnvironment({ sandbox })

    const document = await documentOf(await environment.start({ source, fallback: 'auto' }))

    expect(document).toMatchObject({
      state: 'succeeded',
      output: { hasAlpha: true, warnings: [{ code: 'alpha-partial' }] },
      refusedOutput: null,
    })
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1 })
  })

  itInFull('is refused and kept where the request is strict, and nothing more is bought', async () => {
    const environment = await anEnvironment({ sandbox })

    const document = await documentOf(await environment.start({ source, fallback: 'auto', strict: true }))

    expect(document).toMatchObject({ state: 'failed', failure: { kind: 'OutputInvalid', proven: false } })
    const { location = '', bytes } = document.refusedOutput ?? {}
    expect((await readFile(fileURLToPath(location))).byteLength).toBe(bytes)
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1 })
  })
})

describe('an output that is proven wrong', () => {
  it('is followed by one more purchase under auto, and no third one', async () => {
    const environment = await anEnvironment({
      sandbox: { faults: [otherOutput('opaque-matte', { occurrence: ALWAYS })] },
    })

    const document = await documentOf(await environment.start({ source, fallback: 'auto' }))

    expect(document).toMatchObject({
      state: 'failed',
      failure: { kind: 'OutputInvalid', proven: true },
      vendorJobs: [{ outputFormat: 'webm' }, { outputFormat: 'mov' }],
      refusedOutput: { location: expect.stringMatching(/refused.*\.mov$/) },
    })
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 2 })
  })
})

describeInFull('an output that lacks its end', () => {
  it('twice is served when it is whole, and bought once', async () => {
    const environment = await anEnvironment({
      sandbox: { faults: [shortOutput({ occurrence: { from: 1, to: 2 } })] },
    })

    const document = await documentOf(await environment.start({ source, fallback: 'auto' }))

    expect(document).toMatchObject({ state: 'succeeded', output: { warnings: [] } })
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1 })
  })

  it('always is refused when the outage budget is spent', async () => {
    const environment = await anEnvironment({
      sandbox: { faults: [shortOutput({ occurrence: ALWAYS })] },
    })

    const document = await documentOf(await environment.start({ source }))

    expect(document).toMatchObject({ state: 'failed', failure: { kind: 'OutputInvalid', proven: true } })
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1 })
  })
})
