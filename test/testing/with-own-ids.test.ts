import { describe, expect, it } from 'vitest'
import { withOwnId, withOwnJobs } from '../../testing/tapes/with-own-ids.ts'

describe('a removal that gets another id', () => {
  it('gets it where its id stands, and not where the same word is another thing', () => {
    const asked = {
      id: 'human',
      model: 'human',
      source: { stored: 'inputs/human/5bb5/human.mp4' },
      background: { queryKey: 'inputs/human/5bb6/human' },
      joinable: true,
    }

    expect(withOwnId([asked, { removalId: 'human', kind: 'human' }], 'human', 'tape-1')).toEqual([
      {
        ...asked,
        id: 'tape-1',
        source: { stored: 'inputs/tape-1/5bb5/human.mp4' },
        background: { queryKey: 'inputs/tape-1/5bb6/human' },
        joinable: false,
      },
      { removalId: 'tape-1', kind: 'human' },
    ])
  })
})

describe('the exchanges of a tape that is played once more', () => {
  it('are about jobs of their own, whatever the vendor calls them', () => {
    const exchange = (url: string, responseBody: string) =>
      ({ url: `http://vendor${url}`, responseBody }) as Parameters<typeof withOwnJobs>[0][number]
    const told = withOwnJobs(
      [
        exchange('/v1/jobs', '{"id":"created","status":"created"}'),
        exchange('/v1/jobs/created/start', '{"job_id": "created", "status":"processing"}'),
        exchange('/v1/jobs/5', '{"id":5,"status":"created"}'),
        exchange('/api/download/created', '<html>'),
      ],
      3,
    )

    expect(told.map(({ url, responseBody }) => [url, responseBody])).toEqual([
      ['http://vendor/v1/jobs', '{"id":"created-3","status":"created"}'],
      ['http://vendor/v1/jobs/created-3/start', '{"job_id": "created-3", "status":"processing"}'],
      ['http://vendor/v1/jobs/5-3', '{"id":"5-3","status":"created"}'],
      ['http://vendor/api/download/created-3', '<html>'],
    ])
  })
})
