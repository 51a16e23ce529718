import { findTemporalServer } from '#tools'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import { createVendorClient } from '../../adapters/removebgvideo/index.ts'
import { createStorage } from '../../adapters/storage/create-storage.ts'
import type { Config } from '../../config.ts'
import { buildId } from '../../local/home/build-id.ts'
import type { Stack } from '../../local/stack/stack.ts'
import { connectTemporal } from '../../local/temporal/connect-temporal.ts'
import { workerPolls } from '../../local/temporal/worker-polls.ts'
import { missingSearchAttributes } from '../../worker/register-search-attributes.ts'
import type { TemporalTarget } from '../../worker/temporal-target.ts'
import type { Problem } from './problem.ts'

/** Temporal answers, knows our search attributes, and a worker serves it; or it can be started. */
export async function checkTemporal(target: TemporalTarget | null): Promise<Problem[]> {
  if (target === null) {
    if ((await findTemporalServer()) !== undefined) return []
    const problem = 'no Temporal server is installed and TEMPORAL_ADDRESS names none'
    const fix = 'Run `matteflow dev`, which installs one, or set TEMPORAL_ADDRESS.'
    return [{ kind: 'PlatformUnavailable', problem, fix }]
  }
  const connection = await connectTemporal(target, { patienceMs: 3_000 })
  try {
    const missing = await missingSearchAttributes(connection, target.namespace)
    const isServed = await workerPolls(connection, target.namespace)
    return [
      ...(missing.length === 0 ? [] : [unregistered(missing, target.namespace)]),
      ...(isServed ? [] : [unserved(target)]),
    ]
  } finally {
    await connection.close()
  }
}

function unregistered(missing: string[], namespace: string): Problem {
  const names = missing.map((flag) => `--name ${flag.replace('=', ' --type ')}`).join(' ')
  return {
    kind: 'InvalidRequest',
    problem: `the namespace ${namespace} lacks the search attributes ${missing.join(', ')}`,
    fix: `temporal operator search-attribute create --namespace ${namespace} ${names}`,
  }
}

function unserved({ address, namespace }: TemporalTarget): Problem {
  const problem = `no worker polls the task queues of ${namespace} at ${address}`
  return { kind: 'PlatformUnavailable', problem, fix: 'Start one with `matteflow worker`.' }
}

export async function checkDatabase(url: string | null): Promise<Problem[]> {
  if (url !== null) await (await openDatabase(url, { poolSize: 1 })).close()
  return []
}

export async function checkStorage(url: string): Promise<Problem[]> {
  await createStorage(url).check()
  return []
}

/** The vendor answers, and there is a key, or a stack that has one. */
export async function checkVendor({ vendor }: Config, stack: Stack | null): Promise<Problem[]> {
  const baseUrl = stack?.vendor?.baseUrl ?? vendor.baseUrl
  const hasKey = vendor.apiKey !== null || (stack !== null && stack.vendor !== null)
  const client = createVendorClient({
    baseUrl,
    apiKey: vendor.apiKey ?? 'none',
    keyAlias: vendor.keyAlias,
    callTimeoutMs: Math.min(vendor.callTimeoutMs, 5_000),
  })
  const missingKey: Problem = {
    kind: 'InvalidRequest',
    problem: 'REMOVEBGVIDEO_API_KEY is not set',
    fix: 'Set it to the key of your vendor account; `matteflow dev` and `demo` go without, with the built-in sandbox.',
  }
  try {
    await client.health()
    return hasKey ? [] : [missingKey]
  } catch (error) {
    if (!hasKey) return [missingKey]
    throw error
  } finally {
    await client.close()
  }
}

export async function checkBuild(stack: Stack | null): Promise<Problem[]> {
  if (stack === null || stack.build === (await buildId())) return []
  const problem = `the embedded stack that runs is of another build (${stack.build})`
  return [
    { kind: 'InvalidRequest', problem, fix: 'Run `matteflow stop`; the next command starts the new one.' },
  ]
}
