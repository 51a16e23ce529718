import type { Config } from '../../adapters/environment/config.ts'
import type { SeenWorker } from '../../adapters/ledger/worker-records.ts'
import { ruleOf } from '../../domain/failures.ts'
import { shownProxy } from '../../domain/proxies.ts'
import type { ReadyReport } from '../../domain/readiness.ts'
import { visibleText } from '../../domain/visible-text.ts'
import type { Stack } from '../../local/stack/stack.ts'
import { findStack } from '../../local/stack/stack.ts'
import type { TemporalTarget } from '../../worker/temporal/temporal-target.ts'
import { temporalTargetFrom } from '../../worker/temporal/temporal-target.ts'
import { readConfig } from '../terminal/read-config.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { checkDisk, checkFfmpeg, checkNode } from './check-machine.ts'
import { checkReady } from './check-ready.ts'
import { checkBuild, checkRemovals } from './check-standing.ts'
import { checkLedger, checkStorage } from './check-stores.ts'
import { checkTemporal } from './check-temporal.ts'
import { checkVendor, proxyWords } from './check-vendor.ts'
import { seenWorkers, workerProblems } from './check-workers.ts'
import type { Problem } from './problem.ts'
import { problemsOf } from './problem.ts'

export interface DoctorFlags {
  deep?: boolean
  json?: boolean
}

/**
 * Does what a removal does, step by step, and leaves nothing behind. One line per problem with its fix; silent when
 * there is none. Ends with the first problem's exit code.
 */
export async function runDoctor(
  terminal: Terminal,
  { json = false, deep: isDeep = false }: DoctorFlags,
): Promise<number> {
  const { environment } = terminal
  const config = readConfig(terminal)
  for (const [scheme, proxy] of Object.entries({ http: config.proxies.http, https: config.proxies.https })) {
    if (proxy !== null) terminal.say(`the way out for ${scheme} is the proxy ${shownProxy(proxy)}`)
  }
  const { problems, workers, ready } = await findProblems(config, environment, isDeep)
  if (json)
    terminal.json({
      problems,
      workers,
      proxy: proxyWords(config.vendor.baseUrl, config.proxies),
      ...(isDeep && { ready }),
    })
  else
    for (const { problem, fix } of problems) terminal.result(`${visibleText(problem)} → ${visibleText(fix)}`)
  for (const { step, seen } of ready?.steps ?? [])
    if (seen !== null) terminal.say(`${step}: ${visibleText(seen)}`)
  const [first] = problems
  return first === undefined ? 0 : ruleOf(first.kind).exitCode
}

async function findProblems(
  config: Config,
  environment: NodeJS.ProcessEnv,
  isDeep: boolean,
): Promise<{ problems: Problem[]; workers: SeenWorker[]; ready: ReadyReport | null }> {
  const own = temporalTargetFrom(environment)
  const stack = own === null ? await findStack(config.home) : null
  const target = own ?? (stack === null ? null : embeddedTarget(stack))
  const ledgerUrl = config.databaseUrl ?? stack?.databaseUrl ?? null
  // A ledger that is away is the problem of its own check.
  const workers = seenWorkers(ledgerUrl, target?.namespace ?? null).catch(() => [])
  let ready: ReadyReport | null = null
  const found = await Promise.all([
    problemsOf(() => checkNode()),
    problemsOf(() => checkFfmpeg()),
    problemsOf(() => checkDisk(config.home)),
    problemsOf(() => checkTemporal(target)),
    problemsOf(() => checkLedger(ledgerUrl)),
    problemsOf(() => checkStorage(stack?.storageUrl ?? config.storageUrl, config)),
    problemsOf(() => checkVendor(config, stack)),
    problemsOf(() => checkBuild(stack)),
    problemsOf(async () => workerProblems(await workers)),
    problemsOf(() => checkRemovals(target, config)),
    problemsOf(async () => {
      if (!isDeep) return []
      const { report, problems } = await checkReady(target, config)
      ready = report
      return problems
    }),
  ])
  return { problems: found.flat(), workers: await workers, ready }
}

function embeddedTarget({ temporal }: Stack): TemporalTarget {
  return { address: temporal.address, namespace: temporal.namespace, connection: {} }
}
