import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { ALWAYS, otherOutput, resetBefore } from '../../sandbox/index.ts'
import { clip } from '../support/clips.ts'
import { useStack } from './support/use-stack.ts'

const LONG_MS = 120_000

// A vendor that shows drafts as it shows queued starts, and windows that pass while one waits.
const stack = useStack(
  { instant: true, draftShownAs: 'pending' },
  {
    MATTEFLOW_CALL_TIMEOUT: '5s',
    MATTEFLOW_SETTLE_MARGIN: '1s',
  },
)
const { cli, at } = stack

/** What stands in a code span, as somebody copies it. */
function spansIn(text: string): string[] {
  return [...text.matchAll(/`(matteflow [^`]*)`/g)].map(([, command = '']) => command)
}

describe('a removal that is parked for an unknown outcome', () => {
  it(
    'tells commands that run as they stand, wherever it is looked at, and goes on by one of them',
    async () => {
      stack.sandbox.addFaults([resetBefore('start')])
      const run = await cli('remove', await clip('green'), '--json')
      const { id, state, failure } = JSON.parse(run.stdout) as RemovalDocument
      const looks = await Promise.all([cli('status', id), cli('list'), cli('doctor'), cli('watch', id)])
      const told = new Set([run, ...looks].flatMap(({ stdout, stderr }) => spansIn(stdout + stderr)))
      const answers = [`matteflow resume ${id} --as started`, `matteflow resume ${id} --as not-started`]
      const others = [...told].filter((command) => !answers.includes(command))

      expect([state, failure?.kind, run.exitCode]).toEqual(['parked', 'UnknownOutcome', 5])
      expect(spansIn(failure?.hint ?? '')).toEqual(answers)
      for (const answer of answers) expect(told).toContain(answer)
      expect(others).toContain('matteflow list --state parked --kind UnknownOutcome --project default')
      for (const command of others)
        expect(await cli(...command.split(' ').slice(1)), command).toMatchObject({ exitCode: 0 })
      expect(await cli(...(answers[1] ?? '').split(' ').slice(1))).toMatchObject({ exitCode: 0 })
      expect(await cli('watch', id)).toMatchObject({ exitCode: 0 })
      expect(stack.sandbox.report().jobsBought).toBe(1)
    },
    LONG_MS,
  )
})

describe('a removal whose output was refused', () => {
  it(
    'tells the command that saves the refused file, and others have none',
    async () => {
      stack.sandbox.addFaults([otherOutput('opaque-matte', { occurrence: ALWAYS })])
      const run = await cli('remove', await clip('green'), '--new', '--json')
      stack.sandbox.clearFaults()
      const document = JSON.parse(run.stdout) as RemovalDocument
      const [command = ''] = spansIn(document.failure?.hint ?? '')
      const saved = await cli(...command.split(' ').slice(1))
      const path = at('refused.webm')

      expect([document.state, document.failure?.kind, run.exitCode]).toEqual(['failed', 'OutputInvalid', 4])
      expect(command).toBe(`matteflow watch ${document.id} --refused --out refused.webm`)
      expect(saved).toMatchObject({ exitCode: 0, stdout: `${path}\n` })
      expect(saved.stderr).toContain('OutputInvalid: ')
      const bytes = await readFile(path)
      expect(bytes.length).toBe(document.refusedOutput?.bytes)
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(document.refusedOutput?.sha256)
      const status = await cli('status', document.id)
      expect(status.stdout).toMatch(/^refused {7}file:.*, .* [kM]B$/m)
    },
    LONG_MS,
  )
})
