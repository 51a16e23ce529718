import { describe, expect, it } from 'vitest'
import type { CarriedState } from '../../workflows/removal-run.ts'
import { clip } from '../support/clips.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('time-skipping')

/** What the runs of each release gave to the next one; a field that came later is missing in those before. */
const SHAPES: Record<string, CarriedState> = {
  '0.1.0': { deadlineAtMs: null, parks: 3 },
  '0.2.0': {
    deadlineAtMs: null,
    parks: 3,
    purchase: 1,
    variant: null,
    failed: [],
    start: 'none',
    vendorJobId: null,
    answer: null,
    maxCredits: null,
    ending: null,
  },
}

describe('a run that was begun by a run of an earlier release', () => {
  it.each(Object.entries(SHAPES))('reads what that one decided: %s', async (release, carried) => {
    const environment = await anEnvironment()
    const id = `carried-${release.replaceAll('.', '-')}`
    const handle = await environment.start({ id, source: await clip('green') }, carried)

    expect(await handle.result()).toMatchObject({ id, state: 'succeeded' })
    expect(environment.sandbox.report().jobsBought).toBe(1)
  })
})
