import { beforeAll } from 'vitest'
import type { Fault } from '../../../sandbox/index.ts'
import { ALWAYS, show } from '../../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../../testing/removal-environment.ts'
import { RESUME } from '../../../workflows/messages.ts'
import { clip } from '../../support/clips.ts'
import type { RemovalHandle } from './observe.ts'
import { untilParkedFor } from './observe.ts'
import { useEnvironments } from './use-environments.ts'

type AnUnansweredStart = (...faults: Fault[]) => Promise<[RemovalEnvironment, RemovalHandle]>

/** Makes removals parked for a start of which looking tells nothing: the vendor shows drafts as `pending`, as it does a queued start. */
export function useUnansweredStarts(): AnUnansweredStart {
  const anEnvironment = useEnvironments('time-skipping')
  let file: string
  beforeAll(async () => {
    file = await clip('green')
  })
  return async (...faults) => {
    const environment = await anEnvironment({ sandbox: { faults, modes: { draftShownAs: 'pending' } } })
    const handle = await environment.start({ source: file })
    await untilParkedFor(environment, handle, 'UnknownOutcome')
    return [environment, handle]
  }
}

export const answerAs = (handle: RemovalHandle, as?: 'started' | 'not-started') =>
  handle.executeUpdate(RESUME, { args: [as === undefined ? {} : { as }] })

/** As long as it lasts, a started job looks like its draft. */
export const HIDDEN = show('status', { status: 'pending' }, { occurrence: ALWAYS })
