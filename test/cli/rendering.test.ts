import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cancelSentence } from '../../cli/cancel/run-cancel.ts'
import { documentLines, nextStepLines, uiLink } from '../../cli/removal/render-document.ts'
import { showProgress } from '../../cli/removal/show-progress.ts'
import { endWithFailure } from '../../cli/terminal/end-with-failure.ts'
import { createTerminal } from '../../cli/terminal/terminal.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { blankDocument } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { fakeTerminal } from './support/fake-terminal.ts'

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

describe('an output about which there is doubt, or that was refused', () => {
  it('is a line for each doubt, and where the refused file lies', () => {
    const lines = documentLines(
      aDocument({
        state: 'failed',
        output: {
          location: 'file:///out.webm',
          bytes: 1_000,
          sha256: 'f',
          durationSeconds: 3,
          hasAlpha: true,
          warnings: [{ code: 'length-differs', message: '2.9 s for 3 s' }],
        },
        refusedOutput: { location: 'file:///refused.webm', bytes: 2_000, sha256: 'f' },
      }),
      UI,
    )

    expect(lines).toContain('warning       length-differs: 2.9 s for 3 s')
    expect(lines).toContain('refused       file:///refused.webm, 2.0 kB')
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

describe('what fails before the removal parks', () => {
  const outage = {
    kind: 'VendorUnavailable',
    message: 'get vendor job 7: the vendor answered 503',
    attempts: 4,
    since: new Date(Date.now() - 600_000).toISOString(),
    nextTryAt: '2026-11-29T12:00:00.000Z',
  } as const

  it('is a line of its own: what, how often, since when, and when it is tried again', () => {
    expect(documentLines(aDocument({ outage }), UI)).toContain(
      'still trying  VendorUnavailable: get vendor job 7: the vendor answered 503; 4 failed attempts in 10 m; next try at 2026-11-29T12:00:00.000Z',
    )
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
  const told = (error: unknown, terminal = fakeTerminal()) => {
    endWithFailure(terminal, error, { name: 'remove', id: null, buysAnew: false, wantsJson: false })
    return terminal.told
  }

  it('is its kind, one sentence and a hint', () => {
    expect(told(failure)).toEqual([
      'say InvalidInput: clip.mp4: the file is empty',
      `say   ${failure.toDocument().hint}`,
    ])
  })

  it('has a red kind where colours are shown', () => {
    const [first] = told(failure, fakeTerminal({ isColoured: true }))

    expect(first).toBe('say \u001b[31mInvalidInput\u001b[39m: clip.mp4: the file is empty')
  })

  it('has no stack trace when it is a bug, unless one is asked for', () => {
    const bug = new TypeError('undefined is not a function')

    expect(told(bug)).toEqual([
      'say unexpected: undefined is not a function',
      'say   This may be a bug of matteflow; LOG_LEVEL=debug shows where.',
    ])
    const asked = told(bug, fakeTerminal({ environment: { LOG_LEVEL: 'debug' } }))
    expect(asked.join('\n')).toMatch(/\nsay {5}at .*rendering\.test\.ts/)
  })
})

describe('an error for programs', () => {
  const documentFor = (error: unknown, name: string, id: string | null = null, buysAnew = false) => {
    const terminal = fakeTerminal()
    endWithFailure(terminal, error, { name, id, buysAnew, wantsJson: true })
    const printed = terminal.told.filter((line) => line.startsWith('json '))
    expect(printed).toHaveLength(1)
    return JSON.parse(printed[0]?.slice('json '.length) ?? '')
  }
  const full = new RemovalFailure('PlatformUnavailable', 'no space', { retryable: false })

  it('is the true document of a removal that has ended, with the failure that came after', () => {
    const ended = aDocument({ id: 'rm_7', state: 'succeeded', finishedAt: '2026-11-29T00:00:00.000Z' })

    expect(documentFor(full.about({ document: ended, removalId: ended.id }), 'remove')).toEqual({
      ...ended,
      failure: expect.objectContaining({ kind: 'PlatformUnavailable', retryable: false }),
    })
  })

  it('never lacks the id of a removal that there is', () => {
    expect(documentFor(full.about({ removalId: 'rm_7' }), 'remove')).toMatchObject({ id: 'rm_7' })
    expect(documentFor(full, 'remove', 'mine')).toMatchObject({ id: 'mine', state: 'failed', credits: null })
    expect(documentFor(full, 'status', 'mine')).toEqual({ id: 'mine', failure: full.toDocument() })
  })

  it('is not to be repeated where the same command buys again', () => {
    const parked = parkedFor('VendorUnavailable')
    const failure = new RemovalFailure('VendorUnavailable', 'no answer', { document: parked })

    expect(documentFor(failure, 'remove').failure.retryable).toBe(true)
    expect(documentFor(failure, 'remove', null, true).failure.retryable).toBe(false)
  })

  it('is the failure alone where it is about no removal', () => {
    expect(documentFor(full, 'usage')).toEqual({ failure: full.toDocument() })
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

  it('tells the time that is left, as the events of the gateway do', () => {
    const terminal = fakeTerminal()
    const progress = showProgress(terminal)
    const input = { source: 'walk.mp4', bytes: 1_000, durationSeconds: 60, sha256: null }

    const background = { type: 'transparent' } as const
    const requested = { model: 'original', outputFormat: 'webm', background } as const
    progress.update(aDocument({ progress: 50, input, requested }))
    progress.stop()

    expect(terminal.told).toEqual(['say processing at the vendor · 50 % · about 1 m 2 s left · 0 ms'])
  })

  it('is how far a transfer is, by quarters where every figure is a line', () => {
    const moved = [1_400_000, 1_500_000, 2_900_000, 6_000_000]
    const told = [true, false].map((isInteractive) => {
      const terminal = fakeTerminal({ isInteractive })
      const progress = showProgress(terminal)
      for (const bytes of moved)
        progress.update(aDocument({ state: 'uploading', transfer: { bytes, totalBytes: 6_000_000 } }))
      progress.stop()
      return terminal.told
    })

    expect(told).toEqual([
      [
        ...['1.4', '1.5', '2.9', '6.0'].map(
          (done) => `live uploading to the vendor · ${done} MB of 6.0 MB · 0 ms`,
        ),
        'say uploading to the vendor · 6.0 MB of 6.0 MB · 0 ms',
      ],
      [
        'say uploading to the vendor · 0 ms',
        'say uploading to the vendor · 25 % of 6.0 MB · 0 ms',
        'say uploading to the vendor · 100 % of 6.0 MB · 0 ms',
      ],
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

  const hostile = 'a\u001b]0;owned\u0007\u009b2J\u202egpj.exe\r\nsucceeded\u200b'
  const shown = 'a\\x1b]0;owned\\x07\\x9b2J\\u202egpj.exe\\r\\nsucceeded\\u200b'

  it('shows escaped what text from outside hides, and colours afterwards', async () => {
    const { written, ...to } = streams(false)
    const terminal = createTerminal({ env: {}, ...to })
    terminal.say(hostile, (line) => `\u001b[31m${line}\u001b[39m`)
    terminal.result(`first\n${hostile.replaceAll('\n', '')}`)

    expect(await written()).toEqual({
      stderr: `\u001b[31m${shown}\u001b[39m\n`,
      stdout: `first\n${shown.replaceAll('\\n', '')}\n`,
    })
  })

  it('prints JSON that a terminal has nothing to obey in, and that says the same', async () => {
    const { written, ...to } = streams(false)
    createTerminal({ env: {}, ...to }).json({ name: hostile })

    const { stdout } = await written()
    expect(stdout).not.toMatch(/[^\P{C}\n]/u)
    expect(JSON.parse(stdout)).toEqual({ name: hostile })
  })

  it('leaves alone what programs read, unless a person does', async () => {
    const [piped, watched] = [streams(false), streams(true)]
    Object.assign(watched.stdout, { isTTY: true })
    for (const { written: _written, ...to } of [piped, watched])
      createTerminal({ env: {}, ...to }).verbatim('a\u001bb')

    expect((await piped.written()).stdout).toBe('a\u001bb\n')
    expect((await watched.written()).stdout).toBe('a\\x1bb\n')
  })

  it('keeps every letter, and emoji that are joined', async () => {
    const { written, ...to } = streams(false)
    createTerminal({ env: {}, ...to }).say('視頻 می‌خواهم 👩‍🚀 é')

    expect((await written()).stderr).toBe('視頻 می‌خواهم 👩‍🚀 é\n')
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
