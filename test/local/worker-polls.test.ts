import type { ConnectionLike } from '@temporalio/client'
import { describe, expect, it } from 'vitest'
import { workerPolls } from '../../local/temporal/worker-polls.ts'

/** A Temporal server that has seen these pollers on every queue. */
function serverWith(
  pollers: { identity: string; secondsAgo: number }[],
): Pick<ConnectionLike, 'workflowService'> {
  const listed = pollers.map(({ identity, secondsAgo }) => ({
    identity,
    lastAccessTime: { seconds: Math.floor(Date.now() / 1_000) - secondsAgo },
  }))
  const describeTaskQueue = async () => ({ pollers: listed })
  return { workflowService: { describeTaskQueue } } as unknown as ConnectionLike
}

describe('whether a worker polls', () => {
  it.each([
    { what: 'none', pollers: [], anywhere: false, here: false },
    {
      what: 'one of this host',
      pollers: [{ identity: '7@here', secondsAgo: 20 }],
      anywhere: true,
      here: true,
    },
    {
      what: 'one of another host',
      pollers: [{ identity: '7@nothere', secondsAgo: 20 }],
      anywhere: true,
      here: false,
    },
    {
      what: 'one that died',
      pollers: [{ identity: '7@here', secondsAgo: 120 }],
      anywhere: false,
      here: false,
    },
  ])('is told by who was seen last: $what', async ({ pollers, anywhere, here }) => {
    const server = serverWith(pollers)
    expect(await workerPolls(server, 'default')).toBe(anywhere)
    expect(await workerPolls(server, 'default', { hostName: 'here' })).toBe(here)
  })
})
