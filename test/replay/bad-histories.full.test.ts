import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { historyFromJson } from '../../worker/replay/history-json.ts'
import { readJsonFile } from '../../worker/replay/read-history.ts'
import { replayHistories } from '../../worker/replay/replay-histories.ts'
import type { ReplayTask } from '../../worker/replay/replay-in-processes.ts'
import { replayInProcesses } from '../../worker/replay/replay-in-processes.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { HISTORIES } from './support/keep-history.ts'

const SUCCESS = join(HISTORIES, '0.1.0/success.json.gz')
const success = await readJsonFile(SUCCESS)
const events = (JSON.parse(success) as { events: unknown[] }).events
const withEvents = (some: unknown[]): string => JSON.stringify({ events: some })
const deep = (levels: number): string => '{"cause":'.repeat(levels) + 'null' + '}'.repeat(levels)

const BAD: [what: string, content: string | Buffer, reason: string][] = [
  ['no JSON', 'hello', 'is not valid JSON'],
  ['empty', '', 'it is empty'],
  ['JSON of another kind', '{"state":"succeeded"}', 'expected a workflow history'],
  ['cut off in the middle of its JSON', success.slice(0, success.length / 2), 'its end is cut off'],
  ['gzipped and cut off', gzipSync(success).subarray(0, 1_000), 'its end is cut off'],
  [
    'gzipped and damaged',
    Buffer.concat([gzipSync(success).subarray(0, 40), Buffer.alloc(400, 7)]),
    'gzip is damaged',
  ],
  ['without events', withEvents([]), 'it has no events'],
  ['without its beginning', withEvents(events.slice(4)), 'its beginning is cut off'],
  ['with a hole in it', withEvents([...events.slice(0, 14), ...events.slice(17)]), 'event 15 is missing: 18'],
  ['of another workflow', success.replaceAll('"removeBackground"', '"orderPizza"'), 'a workflow orderPizza'],
  ['a bomb', gzipSync(Buffer.alloc(140 * 1024 * 1024, ' ')), 'holds more than 128 MiB'],
  [
    'nested without end',
    `{"events":[{"eventId":"1","workflowExecutionStartedEventAttributes":{"continuedFailure":${deep(200_000)}}}]}`,
    'expected a workflow history',
  ],
]

describe('a file that is no history of a removal', () => {
  it.each(BAD)('is refused with its path and the reason: %s', async (_, content, reason) => {
    const path = join(await tempFolder(), 'history.json')
    await writeFile(path, content)

    const failure = await replayHistories([path]).catch((error: unknown) => error)

    expect(failure).toMatchObject({ kind: 'InvalidRequest' })
    expect(String(failure)).toContain(path)
    expect(String(failure)).toContain(reason)
    expect(String(failure).length).toBeLessThan(800)
  })

  it('is refused where there is none, or a folder in its place', async () => {
    const folder = await tempFolder()
    await mkdir(join(folder, 'history.json'))

    await expect(replayHistories([join(folder, 'none.json')])).rejects.toThrow('there is no such file')
    await expect(replayHistories([join(folder, 'history.json')])).rejects.toThrow('it is no file')
  })
})

describe('no history at all', () => {
  it('is refused: a gate that looks at nothing lets everything through', async () => {
    await expect(replayHistories([])).rejects.toMatchObject({ kind: 'InvalidRequest' })
  })
})

describe('histories that are replayed in processes of their own', () => {
  it('are each told of, whatever the others do to their process', async () => {
    const folder = await tempFolder()
    // Right in form, and of a kind that the native replayer cannot decode.
    const nested = join(folder, 'nested.json')
    const [first, ...others] = structuredClone(events) as {
      workflowExecutionStartedEventAttributes?: object
    }[]
    Object.assign(first?.workflowExecutionStartedEventAttributes ?? {}, {
      continuedFailure: JSON.parse(deep(150)),
    })
    await writeFile(nested, withEvents([first, ...others]))
    const cut = join(folder, 'cut.json')
    await writeFile(cut, success.slice(0, 900))
    const tasks = [nested, SUCCESS, cut, nested, SUCCESS].map((name) => ({ name, encoded: null }))

    const outcomes: Record<string, string[]> = {}
    for await (const { name, outcome } of replayInProcesses(tasks, { width: 1 }))
      (outcomes[name] ??= []).push(outcome)

    expect(outcomes).toEqual({
      [nested]: ['unreadable', 'unreadable'],
      [SUCCESS]: ['replays', 'replays'],
      [cut]: ['unreadable'],
    })
  })

  it('are given up one by one where they never end', async () => {
    const results = []
    for await (const result of replayInProcesses([{ name: SUCCESS, encoded: null }], {
      width: 1,
      patienceMs: 1,
    }))
      results.push(result)

    expect(results).toMatchObject([
      { outcome: 'unreadable', failure: expect.stringContaining('within 0.001 s') },
    ])
  })

  it('are read from their source no faster than they are replayed', async () => {
    let handedOut = 0
    let replayed = 0
    let most = 0
    const { default: proto } = await import('@temporalio/proto')
    const encoded = proto.temporal.api.history.v1.History.encode(
      historyFromJson(JSON.parse(success)),
    ).finish()
    function* many(): Generator<ReplayTask> {
      for (let number = 0; number < 40; number++) {
        handedOut += 1
        most = Math.max(most, handedOut - replayed)
        yield { name: `removal/${number}`, encoded }
      }
    }

    for await (const { outcome } of replayInProcesses(many(), { width: 2 })) {
      expect(outcome).toBe('replays')
      replayed += 1
    }

    expect(replayed).toBe(40)
    expect(most).toBeLessThanOrEqual(4)
  })
})
