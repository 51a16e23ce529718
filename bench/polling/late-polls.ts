import { join } from 'node:path'
import { ApplicationFailure } from '@temporalio/common'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { makeDemoClip } from '../../adapters/media/picture/demo-clip.ts'
import { showStatus } from '../../sandbox/index.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { percentile } from '../percentile.ts'
import { startLightStack } from '../stack/light-stack.ts'
import { withTemporal } from '../stack/with-temporal.ts'

const REMOVALS = { quick: 5, full: 20 } as const
const LOOKS = { quick: 3, full: 6 } as const

/** How much later than asked Temporal repeats a poll, measured: what the figure of status calls reckons with. */
export async function latePolls({ quick, folder, progress }: BenchContext): Promise<BenchRow[]> {
  const size = quick ? 'quick' : 'full'
  const clip = join(folder, 'clip.mp4')
  await makeDemoClip(clip, 'green', 1, { width: 64, height: 48 })
  const lateMs: number[] = []
  await withTemporal(async (temporal) => {
    const stack = await startLightStack({
      temporal,
      folder,
      clip,
      sandbox: { modes: { instant: true }, faults: [showStatus('processing', LOOKS[size])] },
      interceptors: [notingLateness(lateMs)],
    })
    try {
      progress('polls jobs through Temporal')
      await stack.ended(await stack.start(REMOVALS[size]))
    } finally {
      await stack.close()
    }
  })
  return ([0.5, 0.95] as const).map((share) =>
    row({
      figure: `a poll comes later than asked, p${share * 100}`,
      value: percentile(lateMs, share),
      unit: 'ms',
      note: `${lateMs.length} polls through Temporal, ${REMOVALS[size]} jobs at once`,
    }),
  )
}

function notingLateness(lateMs: number[]): ActivityInterceptorsFactory {
  const dueAt = new Map<string, number>()
  return ({ info }) => ({
    inbound: {
      async execute(input, next) {
        const key = `${info.workflowExecution?.workflowId} ${info.activityId}`
        const due = dueAt.get(key)
        if (due !== undefined) lateMs.push(performance.now() - due)
        try {
          return await next(input)
        } catch (error) {
          if (error instanceof ApplicationFailure && typeof error.nextRetryDelay === 'number')
            dueAt.set(key, performance.now() + error.nextRetryDelay)
          throw error
        }
      },
    },
  })
}
