import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FailureKind } from '../../domain/failures.ts'
import { FAILURES, ruleOf } from '../../domain/failures.ts'
import { recordedSteps } from '../../testing/tapes/recorded-steps.ts'
import { historyFromJson } from '../../worker/replay/history-json.ts'
import { readJsonFile } from '../../worker/replay/read-history.ts'
import { HISTORIES, keptHistories } from './support/keep-history.ts'
import { SCENARIOS } from './support/scenarios.ts'

const kept = await keptHistories()
/** There is no workflow of it. */
const NO_WORKFLOW: readonly FailureKind[] = ['NotFound']

/** Every kind that a history of a release parks for, or ends with. */
async function kindsIn(release: string): Promise<{ parked: Set<string>; ended: Set<string> }> {
  const [parked, ended] = [new Set<string>(), new Set<string>()]
  for (const name of kept[release] ?? []) {
    const json = JSON.parse(await readJsonFile(join(HISTORIES, release, name))) as { events: object[] }
    for (const kind of recordedSteps({ histories: [json as never] }).parks) parked.add(kind)
    const last = historyFromJson(json).events?.at(-1)
    const failure = last?.workflowExecutionFailedEventAttributes?.failure
    if (failure?.applicationFailureInfo?.type) ended.add(failure.applicationFailureInfo.type)
    if (last?.workflowExecutionCanceledEventAttributes) ended.add('Cancelled')
  }
  return { parked, ended }
}

describe('the corpus of histories', () => {
  it('holds the release before and what comes next, neither of them empty', () => {
    expect(Object.keys(kept).toSorted()).toEqual(['0.1.0', 'unreleased'])
    for (const names of Object.values(kept)) expect(names.length).toBeGreaterThanOrEqual(9)
  })

  it('shows every kind that a removal can park for or end with', async () => {
    const { parked, ended } = await kindsIn('unreleased')
    const missing = (Object.keys(FAILURES) as FailureKind[]).filter((kind) => {
      if (NO_WORKFLOW.includes(kind)) return false
      const { parks } = ruleOf(kind)
      return parks === 'at-once' || parks === 'after-budget'
        ? !parked.has(kind)
        : !parked.has(kind) && !ended.has(kind)
    })

    expect(missing).toEqual([])
  })

  it('holds every scenario of people and the clock', () => {
    expect(kept['unreleased']).toEqual(
      expect.arrayContaining(Object.keys(SCENARIOS).map((name) => `${name}.json.gz`)),
    )
  })
})
