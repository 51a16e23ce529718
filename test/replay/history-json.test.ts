import { join } from 'node:path'
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { describe, expect, it } from 'vitest'
import { historyFromJson, jsonFromHistory } from '../../worker/replay/history-json.ts'
import { readJsonFile } from '../../worker/replay/read-history.ts'
import { HISTORIES, keptHistories } from './support/keep-history.ts'

const kept = Object.entries(await keptHistories()).flatMap(([release, names]) =>
  names.map((name) => join(release, name)),
)
const jsonOf = async (name: string): Promise<object> => JSON.parse(await readJsonFile(join(HISTORIES, name)))

describe('a history in JSON', () => {
  it.each(kept)(
    'is read and written as the SDK does where there is one copy of protobufjs: %s',
    async (name) => {
      const json = await jsonOf(name)
      const history = historyFromJson(json)

      expect(history).toEqual(historyFromJSON(json))
      expect(jsonFromHistory(history)).toEqual(JSON.parse(historyToJSON(history)))
    },
  )

  it('may have the names of older servers, without what they begin with', async () => {
    const json = await jsonOf('0.1.0/success.json.gz')
    const pascal = (words: string): string =>
      words.toLowerCase().replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
    const older = JSON.stringify(json).replaceAll(
      /"(?:EVENT_TYPE|TASK_QUEUE_KIND)_([A-Z_]+)"/g,
      (_, words: string) => `"${pascal(words)}"`,
    )

    expect(older).toContain('"WorkflowExecutionStarted"')
    expect(historyFromJson(JSON.parse(older))).toEqual(historyFromJson(json))
  })
})
