import { pollDelayMs } from '../../domain/poll-delay.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { mean, percentile } from '../percentile.ts'
import type { SimulatedJob } from './simulate-polling.ts'
import { simulatePolling } from './simulate-polling.ts'
import { PROGRESS_PATTERNS, simulatedJobs } from './simulated-jobs.ts'

const LENGTHS_SECONDS = [10, 60, 600]
const FIXED_SECONDS = [0.5, 2, 5]
const JOBS = { quick: 200, full: 2_000 } as const
const SEED = 20_261_101

/**
 * Status calls per job and detection delay, beside polling at a fixed interval. Pure arithmetic, no waiting. The
 * delay's aim is judged by the 95th percentile.
 */
export async function pollingFigure({ quick }: Pick<BenchContext, 'quick'>): Promise<BenchRow[]> {
  const count = quick ? JOBS.quick : JOBS.full
  return LENGTHS_SECONDS.flatMap((seconds) => {
    const jobsOf = (pattern: string) => simulatedJobs(seconds * 1_000, pattern, count, SEED)
    const fixed = FIXED_SECONDS.map((every) => ({
      every,
      outcome: outcomesOf(jobsOf('no progress'), () => every * 1_000),
    }))
    const everyTwo = fixed.find(({ every }) => every === 2)?.outcome.calls ?? 0
    return [
      ...Object.keys(PROGRESS_PATTERNS).map((pattern) =>
        ours(seconds, pattern, outcomesOf(jobsOf(pattern), pollDelayMs), everyTwo),
      ),
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
  p95Share: number
}

function outcomesOf(jobs: SimulatedJob[], nextDelayMs: Parameters<typeof simulatePolling>[1]): Outcomes {
  const outcomes = jobs.map((job) => simulatePolling(job, nextDelayMs))
  const seconds = outcomes.map(({ detectionMs }) => detectionMs / 1_000)
  const shares = outcomes.map(({ detectionMs }, index) => detectionMs / (jobs[index]?.lengthMs ?? 0))
  return {
    calls: mean(outcomes.map(({ calls }) => calls)),
    meanSeconds: mean(seconds),
    p95Seconds: percentile(seconds, 0.95),
    p95Share: percentile(shares, 0.95),
  }
}

function ours(seconds: number, pattern: string, outcome: Outcomes, everyTwo: number): BenchRow {
  return row({
    figure: `status calls, ${seconds} s job, ${pattern}`,
    value: outcome.calls,
    unit: 'calls',
    beside: { what: 'polling every 2 s', value: everyTwo },
    aim: '< every 2 s, delay ≤ 10 % and ≤ 10 s',
    met: outcome.calls < everyTwo && outcome.p95Share <= 0.1 && outcome.p95Seconds <= 10,
    note: delays(outcome),
  })
}

function delays({ meanSeconds, p95Seconds, p95Share }: Outcomes): string {
  return `delay mean ${meanSeconds.toFixed(2)} s, p95 ${p95Seconds.toFixed(2)} s, ${(p95Share * 100).toFixed(0)} % of the job`
}
