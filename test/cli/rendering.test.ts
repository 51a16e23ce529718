import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cancelSentence } from '../../cli/cancel/cancel-sentence.ts'
import { documentLines, nextStepLines, uiLink } from '../../cli/removal/render-document.ts'
import { showProgress } from '../../cli/removal/show-progress.ts'
import { failureLines } from '../../cli/terminal/render-failure.ts'
import { createTerminal } from '../../cli/terminal/terminal.ts'
import { blankDocument } from '../../domain/blank-document.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { fakeTerminal } from './fake-terminal.ts'

const UI = 'http://127.0.0.1:8233'

function aDocument(known: Partial<RemovalDocument> = {}): RemovalDocument {
  const failure = new RemovalFailure('Unexpected', 'unused').toDocument()
  return { ...blankDocument({ id: 'rm_1', failure }), failure: null, state: 'processing', ...known }
}

const parkedFor = (kind: 'UnknownOutcome' | 'InsufficientCredits' | 'VendorUnavailable') =>
  aDocument({ state: 'parked', failure: new RemovalFailure(kind, 'so it is').toDocument() })

describe('a removal for people', () => {
  it('is a line for each thing that is known', () => {
    const lines = documentLines(
      aDocument({
        progress: 41.6,
        input: { source: 'clip.mp4', bytes: 812_345, durationSeconds: 3, sha256: null },
        requested: { model: 'human', outputFormat: 'mp4', background: { type: 'color', color: '#00ff7f' } },
        credits: { estimated: 2.25, charged: null, unit: 'credit' },
      }),
      UI,
    )

    expect(lines).toEqual([
      'id            rm_1',
      'state         processing 42 %',
      'input         clip.mp4, 3 s, 812.3 kB',
      'requested     human mp4, on #00ff7f',
      'credits       2.25 credits estimated',
      'project       default',
    ])
  })

  it('links to its history where a Temporal UI is known', () => {
    const document = aDocument({
      temporal: { workflowId: 'removal/rm_1', runId: 'run', namespace: 'default' },
    })

    expect(uiLink(document, UI)).toBe(`${UI}/namespaces/default/workflows/removal%2Frm_1/run/history`)
    expect(uiLink(document, null)).toBeNull()
  })
})

describe('the answer to a cancel', () => {
  const cancelled = (vendorJob: RemovalDocument['vendorJob'], charged = 0) =>
    cancelSentence(
      aDocument({ state: 'cancelled', vendorJob, credits: { estimated: 3, charged, unit: 'credit' } }),
    )

  it.each([
    ['none', 0, 'nothing was bought'],
    ['none', 3, 'its vendor job had ended: 3 credits charged'],
    ['draft', 0, 'the vendor job was never started: nothing was bought'],
    ['running', 3, 'the vendor has no cancel: its job runs on and bills'],
    ['unknown', 3, 'whether the vendor job was started is not known: it may bill'],
  ] as const)('says what is left at the vendor and what it costs: %s, %i credits', (left, charged, said) => {
    expect(cancelled(left, charged)).toBe(`cancelled rm_1; ${said}`)
  })

  it('says of a removal that has ended that it had', () => {
    expect(cancelSentence(aDocument({ state: 'failed' }))).toBe('rm_1 had failed already')
  })
})

describe('what happens next with a parked removal', () => {
  it('is the question with both answers when the outcome is unknown', () => {
    const lines = nextStepLines(parkedFor('UnknownOutcome')).join('\n')

    expect(lines).toContain('matteflow resume rm_1 --as started')
    expect(lines).toContain('matteflow resume rm_1 --as not-started')
  })

  it('is the command when a person must act', () => {
    expect(nextStepLines(parkedFor('InsufficientCredits'))).toEqual([
      '  It is parked and nothing is lost; go on with `matteflow resume rm_1`.',
    ])
  })

  it('is that it wakes by itself when time is all it takes', () => {
    expect(nextStepLines(parkedFor('VendorUnavailable')).join()).toContain('It wakes by itself')
  })

  it('is nothing while it goes on', () => {
    expect(nextStepLines(aDocument())).toEqual([])
  })
})

describe('an error for people', () => {
  const failure = new RemovalFailure('InvalidInput', 'clip.mp4: the file is empty', { cause: new Error('x') })

  it('is its kind, one sentence and a hint', () => {
    expect(failureLines(failure, fakeTerminal())).toEqual([
      'InvalidInput: clip.mp4: the file is empty',
      `  ${failure.toDocument().hint}`,
    ])
  })

  it('has a red kind where colours are shown', () => {
    const [first] = failureLines(failure, fakeTerminal({ isColoured: true }))

    expect(first).toBe('\u001b[31mInvalidInput\u001b[39m: clip.mp4: the file is empty')
  })

  it('has no stack trace when it is a bug, unless one is asked for', () => {
    const bug = new TypeError('undefined is not a function')

    expect(failureLines(bug, fakeTerminal())).toEqual([
      'unexpected: undefined is not a function',
      '  This may be a bug of matteflow; LOG_LEVEL=debug shows where.',
    ])
    const asked = failureLines(bug, fakeTerminal({ environment: { LOG_LEVEL: 'debug' } }))
    expect(asked.join('\n')).toMatch(/\n {4}at .*rendering\.test\.ts/)
  })
})

describe('progress', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is a line a change where nobody watches', () => {
    const terminal = fakeTerminal()
    const progress = showProgress(terminal)
    progress.staged(1_000)
    progress.update(aDocument({ state: 'uploading' }))
    progress.update(aDocument({ state: 'uploading' }))
    vi.advanceTimersByTime(2_000)
    progress.update(aDocument({ progress: 10 }))
    progress.update(aDocument({ progress: null }))
    progress.update(aDocument({ state: 'succeeded' }))
    progress.stop()

    expect(terminal.told).toEqual([
      'say uploading to the vendor · 0 ms',
      'say processing at the vendor · 10 % · 2 s',
    ])
  })

  it('is one live line where somebody does, and each step stays', () => {
    const terminal = fakeTerminal({ isInteractive: true })
    const progress = showProgress(terminal)
    progress.staged(1_000)
    progress.update(aDocument({ state: 'uploading' }))
    vi.advanceTimersByTime(1_000)
    progress.stop()

    expect(terminal.told).toEqual([
      'live staging · 1.0 kB · 0 ms',
      'say staging · 1.0 kB · 0 ms',
      'live uploading to the vendor · 0 ms',
      'live uploading to the vendor · 1 s',
      'say uploading to the vendor · 1 s',
    ])
  })
})

describe('a terminal', () => {
  function streams(isTTY: boolean) {
    const [stdout, stderr] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY, columns: 40 })]
    return {
      stdout: stdout as unknown as NodeJS.Process['stdout'],
      stderr: stderr as unknown as NodeJS.Process['stderr'],
      async written() {
        stdout.end()
        stderr.end()
        return { stdout: await text(stdout), stderr: await text(stderr) }
      },
    }
  }

  it('has results on stdout and all else on stderr', async () => {
    const { written, ...to } = streams(false)
    const terminal = createTerminal({ env: {}, ...to })
    terminal.say('working')
    terminal.live('12 %')
    terminal.result('done')

    expect(await written()).toEqual({ stdout: 'done\n', stderr: 'working\n' })
  })

  it('replaces a live line where somebody watches, never longer than a line', async () => {
    const { written, ...to } = streams(true)
    const terminal = createTerminal({ env: {}, ...to })
    terminal.live('x'.repeat(100))
    terminal.say('done')

    expect(await written()).toEqual({ stdout: '', stderr: `${'x'.repeat(39)}\r\u001b[2Kdone\n` })
  })

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('is plain with %j', (env) => {
    const { stdout, stderr } = streams(true)

    expect(createTerminal({ env, stdout, stderr })).toMatchObject({ isInteractive: false, isColoured: false })
  })
})
