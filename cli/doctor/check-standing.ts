import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from '@temporalio/client'
import { countOutages } from '../../client/control/count-outages.ts'
import { countParked } from '../../client/control/count-parked.ts'
import { wordsFrom } from '../../domain/duration.ts'
import { adviceFor } from '../../domain/failure-advice.ts'
import { ruleOf } from '../../domain/failures.ts'
import { buildId } from '../../local/home/build-id.ts'
import { readJson } from '../../local/home/json-file.ts'
import { identifyProcess } from '../../local/home/process-identity.ts'
import type { Stack } from '../../local/stack/stack.ts'
import { connectTemporal } from '../../local/temporal/connect-temporal.ts'
import type { TrippedBreaker } from '../../worker/breakers-file.ts'
import { breakersFolder } from '../../worker/breakers-file.ts'
import type { TemporalTarget } from '../../worker/temporal-target.ts'
import type { Problem } from './problem.ts'

/**
 * A problem for each kind of failure that removals stand parked for, and for each that removals meet at the moment
 * without having parked yet. A Temporal that is away is another's problem.
 */
export async function checkRemovals(target: TemporalTarget | null): Promise<Problem[]> {
  if (target === null) return []
  const connection = await connectTemporal(target, { patienceMs: 3_000 }).catch(() => null)
  if (connection === null) return []
  try {
    const client = new Client({ connection, namespace: target.namespace })
    const [parked, outages] = await Promise.all([parkedProblems(client), outageProblems(client)])
    return [...parked, ...outages]
  } finally {
    await connection.close()
  }
}

async function parkedProblems(client: Client): Promise<Problem[]> {
  return (await countParked(client)).map(({ kind, count, oldestSince }) => {
    const are = count === 1 ? '1 removal is' : `${count} removals are`
    const problem = `${are} parked for ${kind}, the oldest for ${ageWords(oldestSince)}`
    const next =
      kind === 'UnknownOutcome'
        ? '`matteflow list --state parked --kind UnknownOutcome`'
        : `\`matteflow resume --all --kind ${kind}\``
    const byItself = ruleOf(kind).wakes === 'time' ? 'To go on at once' : 'Then'
    return { kind, problem, fix: `${adviceFor(kind, null).hint} ${byItself}: ${next}` }
  })
}

async function outageProblems(client: Client): Promise<Problem[]> {
  return (await countOutages(client)).map(({ kind, count, since, message }) => {
    const meet = count === 1 ? '1 removal meets' : `${count} removals meet`
    const age = since === null ? '' : `, for ${ageWords(new Date(since))}`
    const problem = `${meet} ${kind} and ${count === 1 ? 'is' : 'are'} tried again${age}: ${message}`
    return { kind, problem, fix: `Wait, or mend the cause. ${adviceFor(kind, null).hint}` }
  })
}

/** A problem for each circuit breaker of a worker of this home that does not let every call through. */
export async function checkBreakers(home: string): Promise<Problem[]> {
  const folder = breakersFolder(join(home, 'work'))
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'))
  const problems = files.map(async (name): Promise<Problem[]> => {
    // A worker that was killed takes its breakers with it.
    if ((await identifyProcess(Number.parseInt(name, 10))) === null) return []
    const tripped = (await readJson<TrippedBreaker[]>(join(folder, name))) ?? []
    return tripped.map(({ operation, state, since }) => ({
      kind: 'CircuitOpen',
      problem: `the circuit breaker of ${operation} is ${state} for ${ageWords(new Date(since))}`,
      fix: 'The vendor failed many calls in a row: see its status page and the network. The next call probes it.',
    }))
  })
  return (await Promise.all(problems)).flat()
}

/** A stack that was started by another build would meet the command with other code. */
export async function checkBuild(stack: Stack | null): Promise<Problem[]> {
  if (stack === null || stack.build === (await buildId())) return []
  const problem = `the embedded stack that runs is of another build (${stack.build})`
  return [
    { kind: 'InvalidRequest', problem, fix: 'Run `matteflow stop`; the next command starts the new one.' },
  ]
}

function ageWords(since: Date): string {
  return wordsFrom(Math.max(0, Date.now() - since.getTime()))
}
