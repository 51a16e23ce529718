import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from '@temporalio/client'
import { countParked } from '../../client/control/count-parked.ts'
import { wordsFrom } from '../../domain/duration.ts'
import { adviceFor } from '../../domain/failure-advice.ts'
import { ruleOf } from '../../domain/failures.ts'
import { readJson } from '../../local/home/json-file.ts'
import { markProcess } from '../../local/home/process-mark.ts'
import { connectTemporal } from '../../local/temporal/connect-temporal.ts'
import type { TrippedBreaker } from '../../worker/breakers-file.ts'
import { breakersFolder } from '../../worker/breakers-file.ts'
import type { TemporalTarget } from '../../worker/temporal-target.ts'
import type { Problem } from './problem.ts'

/** A problem for each kind of failure that removals stand parked for. A Temporal that is away is another's problem. */
export async function checkParked(target: TemporalTarget | null): Promise<Problem[]> {
  if (target === null) return []
  const connection = await connectTemporal(target, { patienceMs: 3_000 }).catch(() => null)
  if (connection === null) return []
  try {
    const parked = await countParked(new Client({ connection, namespace: target.namespace }))
    return parked.map(({ kind, count, oldestSince }) => {
      const are = count === 1 ? '1 removal is' : `${count} removals are`
      const problem = `${are} parked for ${kind}, the oldest for ${ageWords(oldestSince)}`
      const next =
        kind === 'UnknownOutcome'
          ? 'list --state parked --kind UnknownOutcome'
          : `resume --all --kind ${kind}`
      const byItself = ruleOf(kind).wakes === 'time' ? 'To go on at once' : 'Then'
      return { kind, problem, fix: `${adviceFor(kind, null).hint} ${byItself}: \`matteflow ${next}\`` }
    })
  } finally {
    await connection.close()
  }
}

/** A problem for each circuit breaker of a worker of this home that does not let every call through. */
export async function checkBreakers(home: string): Promise<Problem[]> {
  const folder = breakersFolder(join(home, 'work'))
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'))
  const problems = files.map(async (name): Promise<Problem[]> => {
    // A worker that was killed takes its breakers with it.
    if ((await markProcess(Number.parseInt(name, 10))) === null) return []
    const tripped = (await readJson<TrippedBreaker[]>(join(folder, name))) ?? []
    return tripped.map(({ operation, state, since }) => ({
      kind: 'CircuitOpen',
      problem: `the circuit breaker of ${operation} is ${state} for ${ageWords(new Date(since))}`,
      fix: 'The vendor failed many calls in a row: see its status page and the network. The next call probes it.',
    }))
  })
  return (await Promise.all(problems)).flat()
}

function ageWords(since: Date): string {
  return wordsFrom(Math.max(0, Date.now() - since.getTime()))
}
