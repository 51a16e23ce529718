import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Breakers } from '../../activities/breakers.ts'
import { createBreakers, guardVendor } from '../../activities/breakers.ts'
import { makeDemoClip } from '../../adapters/media/picture/demo-clip.ts'
import type { Fault, Route, Sandbox } from '../../sandbox/index.ts'
import { ALWAYS, answerHtml } from '../../sandbox/index.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { startLightStack } from '../stack/light-stack.ts'
import { withTemporal } from '../stack/with-temporal.ts'
import { NO_BREAKERS, plainBackOffMs } from './plain-back-off.ts'
import type { Repeated } from './waiting-scaled.ts'
import { waitingScaled } from './waiting-scaled.ts'

/** An outage of five minutes, in which every clock and delay of ours runs so many times faster. */
const OUTAGE_MS = 300_000
const FACTOR = { quick: 30, full: 10 } as const
const REMOVALS = { quick: 20, full: 200 } as const
const ROUTES: Route[] = ['upload', 'create', 'start', 'status', 'pricing']
/** Long enough for all jobs of the first half to be running when the outage begins. */
const CLIP_SECONDS = { quick: 30, full: 120 } as const

interface Side {
  name: string
  breakers: Breakers
  waitMs: (repeated: Repeated) => number
}

interface Recovery {
  wastedCalls: number
  drainSeconds: number
}

/**
 * A vendor that answers 503 for five minutes, with removals in flight: half wait for their jobs, half are asked for
 * when it begins. Beside the same stack without breakers, under Temporal's default retry policy.
 */
export async function outageFigure(context: BenchContext): Promise<BenchRow[]> {
  const { quick, folder } = context
  const size = quick ? 'quick' : 'full'
  const factor = FACTOR[size]
  const clip = join(folder, 'clip.mp4')
  await makeDemoClip(clip, 'green', CLIP_SECONDS[size], { width: 64, height: 48 })
  const halfOpenAfterMs = { first: 2_000 / factor, most: 60_000 / factor }
  const ours = await outlast(
    {
      name: 'breakers and our back-off',
      breakers: inFastTime(createBreakers({ halfOpenAfterMs }), factor),
      waitMs: ({ plannedMs }) => plannedMs,
    },
    clip,
    context,
  )
  const plain = await outlast(
    { name: 'plain exponential back-off', breakers: NO_BREAKERS, waitMs: plainBackOffMs },
    clip,
    context,
  )
  const what = 'exponential back-off alone, 1 s to 100 s'
  const figure = `outage of 5 min, ${REMOVALS[size]} removals in flight`
  return [
    row({
      figure: `${figure}: calls wasted`,
      value: ours.wastedCalls,
      unit: 'calls',
      beside: { what, value: plain.wastedCalls },
      note: `real runs of both, every delay ${factor} times shorter`,
    }),
    row({
      figure: `${figure}: drained after`,
      value: ours.drainSeconds * factor,
      unit: 's',
      beside: { what, value: plain.drainSeconds * factor },
      note: `${ours.drainSeconds.toFixed(1)} s and ${plain.drainSeconds.toFixed(1)} s by the clock, ${factor} times as long on paper, the machine's own work too`,
    }),
  ]
}

async function outlast(
  side: Side,
  clip: string,
  { quick, folder, progress }: BenchContext,
): Promise<Recovery> {
  const size = quick ? 'quick' : 'full'
  const factor = FACTOR[size]
  const begun = Date.now()
  return withTemporal(async (temporal) => {
    const stack = await startLightStack({
      temporal,
      folder,
      clip,
      sandbox: { speed: factor },
      interceptors: [waitingScaled(factor, side.waitMs)],
      change({ vendor }) {
        const current = guardVendor(vendor.current.direct, side.breakers)
        return {
          vendor: { current, byAlias: () => current },
          now: () => begun + (Date.now() - begun) * factor,
        }
      },
    })
    const { sandbox } = stack
    try {
      progress(`${side.name}: jobs that run when the outage begins`)
      const half = REMOVALS[size] / 2
      const waiting = await stack.start(half)
      while (sandbox.report().startsAccepted < half) await sleep(100)
      sandbox.addFaults(ROUTES.map(down))
      progress(`${side.name}: the outage`)
      const before = received(sandbox)
      const [asked] = await Promise.all([stack.start(half), sleep(OUTAGE_MS / factor)])
      const wastedCalls = received(sandbox) - before
      sandbox.clearFaults()
      const ended = performance.now()
      await stack.ended([...waiting, ...asked])
      return { wastedCalls, drainSeconds: (performance.now() - ended) / 1_000 }
    } finally {
      await stack.close()
    }
  })
}

function down(route: Route): Fault {
  return answerHtml(route, 503, { occurrence: ALWAYS })
}

function received(sandbox: Sandbox): number {
  const { requests } = sandbox.report()
  return ROUTES.reduce((sum, route) => sum + (requests[route] ?? 0), 0)
}

/** What they say in their own fast time, as the rest of the stack counts it. */
function inFastTime(breakers: Breakers, factor: number): Breakers {
  return {
    ...breakers,
    async run(operation, call) {
      return breakers.run(operation, call).catch((error: unknown) => {
        const facts = (error as { facts?: { retryAfterMs?: number | null } } | null)?.facts
        if (facts?.retryAfterMs) facts.retryAfterMs *= factor
        throw error
      })
    },
  }
}
