import { wordsFrom } from '../../domain/duration.ts'
import { expectedEndOf } from '../../domain/expected-end.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { bytes } from './render-document.ts'

export interface ProgressLine {
  staged(bytes: number): void
  update(document: RemovalDocument): void
  stop(): void
}

const STEP_WORDS: Partial<Record<RemovalDocument['state'], string>> = {
  accepted: 'accepted',
  uploading: 'uploading to the vendor',
  drafting: 'drafting the vendor job (costs nothing)',
  starting: 'starting the vendor job',
  processing: 'processing at the vendor',
  retrieving: 'retrieving and verifying the output',
}
const TICK_MS = 1_000

/** Shows how a removal goes on: one line a change, or one live line where somebody watches. */
export function showProgress(terminal: Terminal, startedAt = Date.now()): ProgressLine {
  let shown = ''
  let endsAtMs: number | null = null
  const line = (): string => `${shown}${timeLeft(endsAtMs)} · ${wordsFrom(Date.now() - startedAt)}`
  const ticking = terminal.isInteractive
    ? setInterval(() => shown && terminal.live(line()), TICK_MS)
    : undefined
  const show = (text: string): void => {
    if (text === shown) return
    const stepChanged = text.split(' ·')[0] !== shown.split(' ·')[0]
    if (terminal.isInteractive && stepChanged && shown) terminal.say(line())
    shown = text
    if (terminal.isInteractive) terminal.live(line())
    else terminal.say(line())
  }
  return {
    // Staging is a local copy: only somebody who watches wants every step of it.
    staged: (size) => terminal.isInteractive && show(`staging · ${bytes(size)}`),
    update(document) {
      const words = STEP_WORDS[document.state]
      if (words === undefined || isFinal(document.state)) return
      const expected = expectedEndOf(document, Date.now())
      endsAtMs = expected === null ? null : Date.parse(expected)
      const figure = figureOf(document, terminal.isInteractive)
      // Between two polls nothing is known, which is no reason to take a figure back.
      if (figure === null && shown.startsWith(words)) return
      show(figure === null ? words : `${words} · ${figure}`)
    },
    stop() {
      clearInterval(ticking)
      endsAtMs = null
      if (terminal.isInteractive && shown) terminal.say(line())
      shown = ''
    },
  }
}

/** The vendor's progress, else how far a transfer is: in bytes on a live line, by quarters where every figure is a line. */
function figureOf({ progress, transfer }: RemovalDocument, isLive: boolean): string | null {
  if (progress !== null) return `${Math.round(progress)} %`
  if (transfer === null) return null
  const { bytes: moved, totalBytes } = transfer
  if (isLive) return totalBytes ? `${bytes(moved)} of ${bytes(totalBytes)}` : bytes(moved)
  const quarters = totalBytes ? Math.floor((4 * moved) / totalBytes) : 0
  return totalBytes && quarters > 0 ? `${quarters * 25} % of ${bytes(totalBytes)}` : null
}

/** The same estimate as the gateway's events have; one that is over says nothing. */
function timeLeft(endsAtMs: number | null): string {
  const leftMs = (endsAtMs ?? 0) - Date.now()
  return leftMs < 1_000 ? '' : ` · about ${wordsFrom(leftMs)} left`
}
