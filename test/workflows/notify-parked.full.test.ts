import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { TASK_QUEUES } from '../../domain/policies.ts'
import { proxiesFrom } from '../../domain/proxies.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { notificationsFrom } from '../../worker/recurring/start-notifications.ts'
import { NOTIFY_PARKED } from '../../workflows/messages.ts'
import { clip } from '../support/clips.ts'
import { serveHttp } from '../support/serve-http.ts'
import { untilState } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('dev')
const aQuickEnvironment = useEnvironments('time-skipping')

interface Word {
  text: string
  groups: { what: string; kind: string; project: string; count: number }[]
}

/** A receiver that does what it is told to, one answer after the other, the last one for good. */
async function aReceiver(answers: ('ok' | '500' | 'hang')[]) {
  const taken: Word[] = []
  let asked = 0
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const now = answers[Math.min(asked, answers.length - 1)]
    asked += 1
    if (now === 'hang') return
    void text(request).then((body) => {
      if (now === 'ok') taken.push(JSON.parse(body) as Word)
      response.writeHead(now === 'ok' ? 200 : 500).end()
    })
  }
  const { url } = await serveHttp(answer)
  return { url, taken, asked: () => asked }
}

/** As a worker that was told of a receiver starts it, under an id of its own. */
async function startTelling({ temporal, dependencies }: RemovalEnvironment, url: string): Promise<void> {
  const notifications = notificationsFrom({ notifyUrl: url, proxies: proxiesFrom({}) }, temporal.client)
  dependencies.notifications = notifications && { ...notifications, everyMs: 100 }
  const handle = await temporal.client.workflow.start(NOTIFY_PARKED, {
    workflowId: `notifications/${crypto.randomUUID()}`,
    taskQueue: TASK_QUEUES.own,
    args: [],
  })
  onTestFinished(() => handle.terminate('the test is over').then(() => {}))
}

describe('a receiver that fails at first', () => {
  it('delays no removal, hears once that removals are parked, and once that it is over', async () => {
    const { url, taken, asked } = await aReceiver(['500', 'ok'])
    const environment = await anEnvironment()
    await startTelling(environment, url)
    const source = await clip('green')
    environment.sandbox.setCredits(0)
    const handles = [
      await environment.start({ source, project: 'acme' }),
      await environment.start({ source, project: 'acme', user: 'ada' }),
    ]
    for (const handle of handles) await untilState(environment, handle, 'parked')

    await vi.waitFor(() => expect(taken.length).toBeGreaterThan(0), { timeout: 20_000 })
    expect(asked()).toBeGreaterThan(1)
    expect(taken[0]?.groups).toEqual([
      expect.objectContaining({ what: 'began', kind: 'InsufficientCredits', project: 'acme' }),
    ])
    expect(taken[0]?.text).toContain('matteflow resume --all --kind InsufficientCredits --project acme')

    environment.sandbox.setCredits(null)
    for (const handle of handles) await handle.executeUpdate('resume', { args: [{}] })
    for (const handle of handles) expect((await handle.result()).state).toBe('succeeded')
    await vi.waitFor(() => expect(taken.at(-1)?.groups[0]?.what).toBe('over'), { timeout: 20_000 })
    expect(taken.map(({ groups }) => groups[0]?.what)).toEqual(['began', 'over'])
  })
})

describe('a receiver that hangs', () => {
  it('holds up nothing: a removal goes its whole way meanwhile', async () => {
    const { url, asked } = await aReceiver(['hang'])
    const environment = await anEnvironment()
    await startTelling(environment, url)
    const source = await clip('green')
    environment.sandbox.setCredits(0)
    const parked = await environment.start({ source, project: 'shop' })
    await untilState(environment, parked, 'parked')
    await vi.waitFor(() => expect(asked()).toBeGreaterThan(0), { timeout: 20_000 })

    environment.sandbox.setCredits(null)
    const other = await environment.start({ source, project: 'shop', user: 'ada' })

    expect((await other.result()).state).toBe('succeeded')
  })
})

describe('a receiver that answers 500 for more than a day', () => {
  it('misses its turn, and is then told how things stand at that time', async () => {
    const environment = await aQuickEnvironment()
    const { temporal, dependencies } = environment
    const now = async () => temporal.currentTimeMs()
    const begunMs = await now()
    const HOUR_MS = 3_600_000
    const sent: { atMs: number; word: Word }[] = []
    let tries = 0
    dependencies.notifications = {
      everyMs: 15_000,
      shape: 'generic',
      // More park while nobody can be told.
      parkedGroups: async () => {
        const count = (await now()) - begunMs < 20 * HOUR_MS ? 2 : 5
        return [{ kind: 'InsufficientCredits', project: 'acme', count, sinceMs: begunMs }]
      },
      async send(message) {
        tries += 1
        if ((await now()) - begunMs < 25 * HOUR_MS)
          throw new RemovalFailure('PlatformUnavailable', 'answered 500')
        sent.push({ atMs: await now(), word: message as Word })
      },
    }
    const handle = await temporal.client.workflow.start(NOTIFY_PARKED, {
      workflowId: `notifications/${crypto.randomUUID()}`,
      taskQueue: TASK_QUEUES.own,
      args: [],
    })

    for (let hours = 0; hours < 30 && sent.length === 0; hours += 1) await temporal.sleep('1h')
    await handle.terminate('the test is over')

    expect(tries).toBeGreaterThan(10)
    expect((sent[0]?.atMs ?? 0) - begunMs).toBeLessThan(28 * HOUR_MS)
    expect(sent[0]?.word.groups).toEqual([
      expect.objectContaining({ what: 'began', project: 'acme', count: 5 }),
    ])
    expect(sent).toHaveLength(1)
  })
})
