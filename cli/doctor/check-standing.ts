import type { Client } from '@temporalio/client'
import type { Config } from '../../adapters/environment/config.ts'
import { countOutages } from '../../client/control/count-outages.ts'
import { countParked } from '../../client/control/count-parked.ts'
import { countStuckWorkflows } from '../../client/control/count-stuck-workflows.ts'
import { wordsFrom } from '../../domain/duration.ts'
import { adviceFor, goOnCommand } from '../../domain/failure-advice.ts'
import { ruleOf } from '../../domain/failures.ts'
import type { Stack } from '../../local/stack/stack.ts'
import { connectTemporal } from '../../local/temporal/connect-temporal.ts'
import { buildId } from '../../worker/build-id.ts'
import { openClient } from '../../worker/temporal/open-client.ts'
import type { TemporalTarget } from '../../worker/temporal/temporal-target.ts'
import type { Problem } from './problem.ts'

/**
 * A problem for each kind of failure that removals stand parked for, and for each that removals meet at the moment
 * without having parked yet. A Temporal that is away is another's problem.
 */
export async function checkRemovals(
  target: TemporalTarget | null,
  config: Pick<Config, 'payloadKeys'>,
): Promise<Problem[]> {
  if (target === null) return []
  const connection = await connectTemporal(target, { patienceMs: 3_000 }).catch(() => null)
  if (connection === null) return []
  try {
    const client = openClient(connection, target.namespace, config)
    const [parked, outages, stuck] = await Promise.all([
      parkedProblems(client),
      outageProblems(client),
      stuckProblems(client),
    ])
    return [...parked, ...outages, ...stuck]
  } finally {
    await connection.close()
  }
}

async function parkedProblems(client: Client): Promise<Problem[]> {
  return (await countParked(client)).map(({ kind, project, count, oldestSince }) => {
    const are = count === 1 ? '1 removal' : `${count} removals`
    const problem = `${are} of project ${project} ${count === 1 ? 'is' : 'are'} parked for ${kind}, the oldest for ${ageWords(oldestSince)}`
    const byItself = ruleOf(kind).wakes === 'time' ? 'To go on at once' : 'Then'
    const next = `\`${goOnCommand(kind, project)}\``
    return { kind, problem, fix: `${adviceFor(kind, null).hint} ${byItself}: ${next}` }
  })
}

async function stuckProblems(client: Client): Promise<Problem[]> {
  const stuck = await countStuckWorkflows(client)
  const [first] = stuck
  if (first === undefined) return []
  const are = stuck.length === 1 ? '1 workflow is' : `${stuck.length} workflows are`
  return [
    {
      kind: 'Unexpected',
      problem: `Temporal reports that ${are} stuck, ${first} for one: their tasks fail again and again`,
      fix: `A worker runs code that cannot go on with their histories. See \`temporal workflow show -w ${first}\` and the log of the worker; go back to the build before, or deploy one that replays them.`,
    },
  ]
}

async function outageProblems(client: Client): Promise<Problem[]> {
  return (await countOutages(client)).map(({ kind, count, since, message }) => {
    const meet = count === 1 ? '1 removal meets' : `${count} removals meet`
    const age = since === null ? '' : `, for ${ageWords(new Date(since))}`
    const problem = `${meet} ${kind} and ${count === 1 ? 'is' : 'are'} tried again${age}: ${message}`
    return { kind, problem, fix: `Wait, or mend the cause. ${adviceFor(kind, null).hint}` }
  })
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
