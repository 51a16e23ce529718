import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createUser, runCli } from './run-cli.ts'

const SUCCESS = fileURLToPath(new URL('../histories/success.json', import.meta.url))
const { environment } = await createUser()

describe('replaying recorded histories', () => {
  it('ends with 0 when all replay', async () => {
    const run = await runCli(['replay', SUCCESS], { environment })

    expect(run).toEqual({ exitCode: 0, stdout: `replays ${SUCCESS}\n`, stderr: '' })
  })

  it('ends with 1 and says why when one does not', async () => {
    const changed = join(await mkdtemp(join(tmpdir(), 'matteflow-replay-')), 'changed.json')
    const text = await readFile(SUCCESS, 'utf8')
    await writeFile(changed, text.replaceAll('"createVendorJob"', '"inventVendorJob"'))
    const run = await runCli(['replay', SUCCESS, changed, '--json'], { environment })

    expect(JSON.parse(run.stdout)).toEqual([
      { name: SUCCESS, failure: null },
      { name: changed, failure: expect.stringContaining('inventVendorJob') },
    ])
    expect(run.exitCode).toBe(1)
  })

  it('ends with 2 for a file that is no history', async () => {
    const run = await runCli(['replay', 'none.json'], { environment })

    expect(run.stderr).toContain('none.json: expected a workflow history')
    expect(run.exitCode).toBe(2)
  })
})
