import { pollDelayMs } from '../../domain/poll-delay.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { mean, percentile } from '../percentile.ts'
import { fewestPolls } from './fewest-polls.ts'
import { randomFrom } from './random.ts'
import type { SimulatedJob } from './simulate-polling.ts'
import { simulatePolling } from './simulate-polling.ts'
import { GUESS_OFF_BY, PROGRESS_PATTERNS, simulatedJobs } from './simulated-jobs.ts'

const LENGTHS_SECONDS = [10, 60, 600]
const FIXED_SECONDS = [0.5, 2, 5]
const JOBS = { quick: 400, full: 4_000 } as const
const SEED = 20_261_101
const DELAY_AIM = { share: 0.1, seconds: 10 } as const
/** How much later than asked an attempt comes that Temporal's server repeats; a loop of one's own is never late here. */
const LATE_MS = { least: 5, most: 60 } as const

/**
 * Status calls per job and detection delay, beside polling at a fixed interval. Pure arithmetic, no waiting. The
 * delay's aim is judged by the mean, with the 95th percentile beside it: for that one, no schedule has few enough polls.
 */
export async function pollingFigure({ quick }: Pick<BenchContext, 'quick'>): Promise<BenchRow[]> {
  const count = quick ? JOBS.quick : JOBS.full
  return LENGTHS_SECONDS.flatMap((seconds) => {
    const jobsOf = (pattern: string) => simulatedJobs(seconds * 1_000, pattern, count, SEED)
    const random = randomFrom(SEED)
    const lateMs = () => LATE_MS.least + (LATE_MS.most - LATE_MS.least) * random()
    const fixed = FIXED_SECONDS.map((every) => ({
      every,
      outcome: outcomesOf(
        jobsOf('no progress'),
        () => every * 1_000,
        () => 0,
      ),
    }))
    const everyTwo = fixed.find(({ every }) => every === 2)?.outcome.calls ?? 0
    return [
      ...Object.keys(PROGRESS_PATTERNS).map((pattern) =>
        ours(seconds, pattern, outcomesOf(jobsOf(pattern), pollDelayMs, lateMs), everyTwo),
      ),
      ...(seconds === LENGTHS_SECONDS[0] ? [fewest(seconds, everyTwo)] : []),
      ...fixed.map(({ every, outcome }) =>
        row({
          figure: `status calls, ${seconds} s job, fixed ${every} s`,
          value: outcome.calls,
          unit: 'calls',
          note: delays(outcome),
        }),
      ),
    ]
  })
}

interface Outcomes {
  calls: number
  meanSeconds: number
  p95Seconds: number
  /** Of the job's own length. */
  meanShare: number
  p95Share: number
}

function outcomesOf(
  jobs: SimulatedJob[],
  nextDelayMs: Parameters<typeof simulatePolling>[1],
  lateMs: () => number,
): Outcomes {
  const outcomes = jobs.map((job) => simulatePolling(job, nextDelayMs, lateMs))
  const seconds = outcomes.map(({ detectionMs }) => detectionMs / 1_000)
  const shares = outcomes.map(({ detectionMs }, index) => detectionMs / (jobs[index]?.lengthMs ?? 0))
  return {
    calls: mean(outcomes.map(({ calls }) => calls)),
    meanSeconds: mean(seconds),
    p95Seconds: percentile(seconds, 0.95),
    meanShare: mean(shares),
    p95Share: percentile(shares, 0.95),
  }
}

function ours(seconds: number, pattern: string, outcome: Outcomes, everyTwo: number): BenchRow {
  const { calls, meanSeconds, meanShare } = outcome
  return row({
    figure: `status calls, ${seconds} s job, ${pattern}`,
    value: calls,
    unit: 'calls',
    beside: { what: 'polling every 2 s', value: everyTwo },
    aim: '< every 2 s, mean delay ≤ 10 % and ≤ 10 s',
    met: calls < everyTwo && meanShare <= DELAY_AIM.share && meanSeconds <= DELAY_AIM.seconds,
    note: delays(outcome),
  })
}

function fewest(seconds: number, everyTwo: number): BenchRow {
  const polls = fewestPolls({ guessOffBy: GUESS_OFF_BY, lateShare: DELAY_AIM.share, inTimeShare: 0.95 })
  return row({
    figure: `fewest calls for a p95 of 10 %, ${seconds} s job, no progress`,
    value: 1 + polls,
    unit: 'calls',
    beside: { what: 'polling every 2 s', value: everyTwo },
    note: 'a bound for any schedule, the poll at the start included: why the mean is judged',
  })
}

function delays({ meanSeconds, meanShare, p95Seconds, p95Share }: Outcomes): string {
  return `delay mean ${seconds(meanSeconds, meanShare)}, p95 ${seconds(p95Seconds, p95Share)}`
}

function seconds(value: number, share: number): string {
  return `${value.toFixed(2)} s (${(share * 100).toFixed(0)} %)`
}
