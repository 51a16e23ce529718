import type { Resumption, ResumptionCounts } from '../../client/removals.ts'
import type { FailureKind } from '../../domain/failures.ts'
import { FAILURES, isFailureKind } from '../../domain/failures.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { ageOf } from '../removal/render-document.ts'
import type { RemovalsPlace } from '../removal/with-removals.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { INTERRUPTED_EXIT_CODE, USAGE_EXIT_CODE } from '../terminal/end-with-failure.ts'
import { readRate } from '../terminal/read-arguments.ts'
import { interrupts } from '../terminal/stop-signals.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface ResumeAllFlags {
  all?: boolean
  kind?: string
  project?: string
  rate?: string
  dryRun?: boolean
  as?: string
  maxCredits?: string
  by?: string
  note?: string
  json?: boolean
}

/** Resumes all that is parked for one kind: a line each, then how many of what. Ends with 2 when one was refused. */
export async function runResumeAll(
  terminal: Terminal,
  id: string | undefined,
  flags: ResumeAllFlags,
): Promise<number> {
  if (id !== undefined) throw refused('<id>: does not go with --all')
  if (flags.as !== undefined) throw refused('--as: does not go with --all: each is a question of its own')
  const single = (['maxCredits', 'by', 'note'] as const).find((flag) => flags[flag] !== undefined)
  if (single !== undefined)
    throw refused(`--${single === 'maxCredits' ? 'max-credits' : single}: goes with one id, not with --all`)
  const kind = kindFrom(flags.kind)
  const ratePerSecond = readRate('--rate', flags.rate ?? '5/s')
  return withRemovals(terminal, {}, (place) => goOver(terminal, place, { kind, ratePerSecond, flags }))
}

interface Asked {
  kind: FailureKind
  ratePerSecond: number
  flags: ResumeAllFlags
}

async function goOver(terminal: Terminal, { removals }: RemovalsPlace, asked: Asked): Promise<number> {
  const { kind, ratePerSecond, flags } = asked
  const { project, dryRun: isDryRun = false, json = false } = flags
  const interrupt = interrupts()
  const told: Resumption[] = []
  const onResumed = (resumption: Resumption): void => {
    told.push(resumption)
    if (!json) terminal.result(lineOf(resumption))
  }
  try {
    await removals.resumeAll(
      { kind, ...(project !== undefined && { project }) },
      { ratePerSecond, isDryRun, onResumed, signal: interrupt.signal },
    )
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
  } finally {
    interrupt.release()
    const counts = countsOf(told)
    if (json) terminal.json({ kind, isDryRun, ...counts, removals: told })
    else terminal.say(sentenceOf(counts, kind, isDryRun))
  }
  if (interrupt.signal.aborted) return INTERRUPTED_EXIT_CODE
  return told.some(({ outcome }) => outcome === 'refused') ? USAGE_EXIT_CODE : 0
}

function kindFrom(text: string | undefined): FailureKind {
  const known = Object.keys(FAILURES).filter(isFailureKind)
  const parking = known.filter((kind) => FAILURES[kind].parks !== 'never' && kind !== 'UnknownOutcome')
  const kind = known.find((each) => each === text)
  if (kind === 'UnknownOutcome')
    throw refused('--kind: UnknownOutcome does not go with --all: each is a question of its own')
  if (kind !== undefined && parking.includes(kind)) return kind
  throw refused(`--kind: expected one of ${parking.join(', ')}${text === undefined ? '' : `, not ${text}`}`)
}

function refused(message: string): RemovalFailure {
  return new RemovalFailure('InvalidRequest', message, {
    hint: 'Nothing was changed: see `matteflow resume --help`.',
  })
}

function lineOf({ id, outcome, project, parkedSince, reason }: Resumption): string {
  const since = parkedSince === null ? '' : `, parked for ${ageOf(parkedSince)}`
  return `${outcome.padEnd(8)} ${id} (project ${project}${since})${reason === null ? '' : `: ${reason}`}`
}

function countsOf(told: Resumption[]): ResumptionCounts {
  const counts: ResumptionCounts = { resumed: 0, refused: 0, gone: 0, parked: 0 }
  for (const { outcome } of told) counts[outcome] += 1
  return counts
}

function sentenceOf(
  { resumed, refused: no, gone, parked }: ResumptionCounts,
  kind: FailureKind,
  isDryRun: boolean,
): string {
  if (isDryRun) return `${parked} parked for ${kind} would be resumed; nothing was changed`
  return `${resumed} resumed, ${no} refused, ${gone} gone (ended, or went on by themselves)`
}
