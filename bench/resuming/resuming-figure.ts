import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { makeDemoClip } from '../../adapters/media/picture/demo-clip.ts'
import { countParked } from '../../client/control/count-parked.ts'
import type { SandboxReport } from '../../sandbox/index.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { startLightStack } from '../stack/light-stack.ts'
import { withTemporal } from '../stack/with-temporal.ts'

const PARKED = { quick: 40, full: 1_000 } as const
/** More than the client can do, so that it is not what is measured. */
const RATE_PER_SECOND = 1_000
/** A fresh draft, the start, a status: what a removal that parked for credits has left to ask. */
const CALLS_LEFT = 3

/** `resume --all` of removals that parked because the credits were spent, once there are some again. */
export async function resumingFigure({ quick, folder, progress }: BenchContext): Promise<BenchRow[]> {
  const count = quick ? PARKED.quick : PARKED.full
  const clip = join(folder, 'clip.mp4')
  await makeDemoClip(clip, 'green', 1, { width: 64, height: 48 })
  return withTemporal(async (temporal) => {
    const stack = await startLightStack({
      temporal,
      folder,
      clip,
      sandbox: { modes: { instant: true } },
    })
    const { sandbox, removals } = stack
    try {
      // From now on the sandbox has the output of every job at once.
      await stack.ended(await stack.start(1))
      sandbox.setCredits(0)
      progress(`${count} removals park`)
      const ids = await stack.start(count)
      await allParked(temporal.client, count)
      const before = sandbox.report()
      sandbox.setCredits(null)
      progress('resume --all')
      const begun = performance.now()
      const { resumed } = await removals.resumeAll(
        { kind: 'InsufficientCredits' },
        { ratePerSecond: RATE_PER_SECOND },
      )
      const resumedSeconds = (performance.now() - begun) / 1_000
      await stack.ended(ids)
      const endedSeconds = (performance.now() - begun) / 1_000
      const after = sandbox.report()
      const made = calls(after) - calls(before)
      const bought = after.jobsBought - before.jobsBought
      return [
        row({
          figure: `resume --all of ${count}: all resumed after`,
          value: resumedSeconds,
          unit: 's',
          note: `${resumed} resumed, ${Math.round(resumed / resumedSeconds)} a second; by default it holds to 5`,
        }),
        row({
          figure: `resume --all of ${count}: all ended well after`,
          value: endedSeconds,
          unit: 's',
          note: 'retrieval left out',
        }),
        row({
          figure: `resume --all of ${count}: vendor calls`,
          value: made,
          unit: 'calls',
          beside: { what: 'draft, start and one status each', value: CALLS_LEFT * count },
        }),
        row({
          figure: `resume --all of ${count}: jobs bought`,
          value: bought,
          unit: 'jobs',
          beside: { what: 'wanted', value: count },
          aim: '1.000',
          met: bought === count,
        }),
      ]
    } finally {
      await stack.close()
    }
  })
}

async function allParked(client: Client, count: number): Promise<void> {
  const parked = async () => (await countParked(client)).reduce((sum, kind) => sum + kind.count, 0)
  while ((await parked()) < count) await sleep(500)
}

function calls({ requests }: SandboxReport): number {
  return Object.values(requests).reduce((sum, each) => sum + each, 0)
}
