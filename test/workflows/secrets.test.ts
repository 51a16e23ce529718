import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { clip } from '../support/clips.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('time-skipping')
let file: string

beforeAll(async () => {
  file = await clip('green')
})

describe('a whole removal', () => {
  it('leaves the key and no signed URL in its history or in the storage', async () => {
    const environment = await anEnvironment()

    const handle = await environment.start({ source: file, model: 'human' })
    await handle.result()

    const { storage, ledger } = environment.dependencies
    const { events } = await handle.fetchHistory()
    const traces = [
      JSON.stringify(events?.map(readable)),
      JSON.stringify(await ledger.vendorJobs.all(idOf(handle.workflowId))),
    ]
    let exchanges = 0
    for await (const key of storage.list('exchanges')) {
      exchanges += 1
      traces.push(await readFile(storage.localPath(key) ?? '', 'utf8'))
    }
    expect(exchanges).toBeGreaterThan(4)
    for (const trace of traces) {
      expect(trace).not.toContain(environment.sandbox.keys[0])
      expect(trace).not.toMatch(/signature=|expires=/i)
    }
    // Proof that the traces were read: what may stand in them does.
    expect(traces[0]).toContain('estimatedMillicredits')
    expect(traces.join()).toContain('/outputs/')
  })
})

function idOf(workflowId: string): string {
  return workflowId.slice('removal/'.length)
}

/** An event's payloads are base64 in its JSON. */
function readable(event: unknown): string {
  return JSON.stringify(event, (name, value: unknown) =>
    name === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value,
  )
}
