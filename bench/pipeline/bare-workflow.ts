import { proxyActivities, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow'
import { policiesFrom } from '../../domain/policies.ts'
import { searchAttributes } from '../../workflows/messages.ts'
import type { BareActivities } from './bare-activities.ts'
import { bareQueue } from './bare-queue.ts'

const policies = policiesFrom({ callTimeoutMs: 30_000, outageBudgetMs: 600_000, settleMarginMs: 30_000 })
const on = (name: keyof typeof policies): BareActivities => {
  const { taskQueue, startToCloseTimeoutMs: startToCloseTimeout } = policies[name]
  return proxyActivities<BareActivities>({ taskQueue: bareQueue(taskQueue), startToCloseTimeout })
}
const INPUT = { removalId: 'bare', labels: { project: 'bench', user: null, reference: null } }
const own = on('admitRemoval')
const submit = on('createVendorJob')
const status = on('checkVendorJob')

/** Seven activities that do nothing, on three queues as a removal's, with as many upserts of the state as a removal has. */
export async function bareSeven(upserts: number): Promise<void> {
  let left = upserts
  const enter = (state: string): void => {
    if (left <= 0) return
    left -= 1
    upsertSearchAttributes([{ key: searchAttributes.state, value: state }])
    setCurrentDetails(state)
  }
  const steps = [own.nothing, submit.nothing, submit.nothing, submit.nothing, status.nothing, status.nothing]
  for (const [number, step] of steps.entries()) {
    enter(`step-${number}`)
    await step(INPUT)
  }
  while (left > 0) enter('closing')
  await own.nothing(INPUT)
}
