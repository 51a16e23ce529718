import { execFile } from 'node:child_process'
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { describe, expect, it } from 'vitest'
import { historyFromJson, jsonFromHistory } from '../../worker/replay/history-json.ts'
import { readJsonFile } from '../../worker/replay/read-history.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { HISTORIES, keptHistories } from './support/keep-history.ts'

const ROOT = join(import.meta.dirname, '../..')
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

  it('is read and written as well where packages have copies of protobufjs of their own', async () => {
    const folder = await tempFolder()
    const lay = (from: string, to: string) =>
      cp(join(ROOT, from), join(folder, to), { recursive: true, dereference: true })
    await lay('worker/replay/history-json.ts', 'history-json.ts')
    await lay('node_modules/long', 'node_modules/long')
    await lay('node_modules/protobufjs', 'node_modules/protobufjs')
    await lay('node_modules/@temporalio/proto', 'node_modules/@temporalio/proto')
    await lay('node_modules/protobufjs', 'node_modules/@temporalio/proto/node_modules/protobufjs')
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    const program = `import { historyFromJson, jsonFromHistory } from './history-json.ts'
const json = { events: [{ eventId: '1', eventType: 'EVENT_TYPE_TIMER_FIRED' }] }
console.log(JSON.stringify(jsonFromHistory(historyFromJson(json))))`

    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { cwd: folder },
    )

    expect(JSON.parse(stdout)).toMatchObject({ events: [{ eventType: 'EVENT_TYPE_TIMER_FIRED' }] })
  })

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
