import { copyFile, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { clip } from '../support/clips.ts'
import type { CliRun } from './support/run-cli.ts'
import { useStack } from './support/use-stack.ts'

const stack = useStack()

/** The lines of a page's block for a shell, without `npx matteflow`. */
async function linesOf(page: string): Promise<string[][]> {
  const text = await readFile(join(import.meta.dirname, '../..', page), 'utf8')
  const [, block = ''] = /^```sh\n(.*?)^```$/ms.exec(text) ?? []
  return block
    .trim()
    .split('\n')
    .map((line) => line.replace(/^npx matteflow /, '').split(' '))
}

async function play(lines: string[][]): Promise<CliRun[]> {
  const runs: CliRun[] = []
  for (const line of lines) runs.push(await stack.cli(...line))
  return runs
}

beforeAll(async () => {
  await copyFile(await clip('green'), stack.at('clip.mp4'))
})

// In this order, as a newcomer reads them: the second page speaks of the removal of the first.
describe('the first pages', () => {
  it('let a newcomer take a video through, and buy it once', async () => {
    const lines = await linesOf('docs/quick-start.md')
    const runs = await play(lines)

    expect(lines.length).toBeGreaterThan(4)
    for (const run of runs) expect(run).toMatchObject({ exitCode: 0 })
    expect((await stat(stack.at('first.webm'))).size).toBeGreaterThan(0)
    expect(stack.sandbox.report().jobsBought).toBe(1)
  }, 240_000)

  it('let a parked removal go on', async () => {
    stack.sandbox.setCredits(0)
    await stack.cli('remove', 'clip.mp4', '--id', 'second', '--new')
    stack.sandbox.setCredits(null)

    const lines = (await linesOf('docs/concepts.md')).map((line) =>
      line.map((word) => word.replace('first', 'second')),
    )
    const runs = await play(lines)

    const [listed, , resumed, watched] = runs
    expect(listed?.stdout).toContain('second')
    expect(resumed).toMatchObject({ exitCode: 0 })
    expect(watched).toMatchObject({ exitCode: 0 })
    expect(stack.sandbox.report().jobsBought).toBe(2)
  }, 240_000)
})
