import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { log as activityLog } from '@temporalio/activity'
import type { BreakerState, GuardedVendorClient } from '../activities/breakers.ts'
import { createBreakers, guardVendor } from '../activities/breakers.ts'
import type { ActivityDependencies } from '../activities/index.ts'
import { MEDIA } from '../activities/media.ts'
import type { Config } from '../adapters/environment/config.ts'
import type { BudgetRow } from '../adapters/ledger/budget-report.ts'
import { budgetReport } from '../adapters/ledger/budget-report.ts'
import { createLedger } from '../adapters/ledger/ledger.ts'
import { openDatabase } from '../adapters/ledger/open-database.ts'
import type { OpenRemovals } from '../adapters/ledger/open-removals-report.ts'
import { openRemovalsReport } from '../adapters/ledger/open-removals-report.ts'
import { CALLBACK_KEY, sharedKey } from '../adapters/ledger/shared-key.ts'
import { createCachedPrices } from '../adapters/removebgvideo/cached-prices.ts'
import type { Operation, VendorCallRecord } from '../adapters/removebgvideo/call/vendor-call.ts'
import { callbackUrl } from '../adapters/removebgvideo/callback-address.ts'
import { openWayToVendor } from '../adapters/removebgvideo/connection.ts'
import { createVendorClient } from '../adapters/removebgvideo/create-vendor-client.ts'
import { createStorage } from '../adapters/storage/create-storage.ts'
import { meteredStorage } from '../adapters/storage/metered-storage.ts'
import { createInputHostRules, createOutputHostRules } from '../adapters/transfer/host-rules.ts'
import type { Metrics } from '../domain/metrics.ts'
import { NO_METRICS } from '../domain/metrics.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'
import type { Tracing } from '../domain/tracing.ts'
import { NO_TRACING } from '../domain/tracing.ts'
import { measuredLedger, measureStorageCall, measureVendorCall } from './telemetry/measure.ts'

/** The outside world of a worker, opened; `close` ends its connections. */
export interface OpenDependencies {
  dependencies: ActivityDependencies
  /** Questions to the ledger that no activity asks. */
  askLedger: { openRemovals(): Promise<OpenRemovals[]>; budgets(): Promise<BudgetRow[]> }
  close(): Promise<void>
}

/** Who hears of what the dependencies do. */
export interface DependencyListeners {
  metrics?: Metrics
  tracing?: Tracing
  onVendorCall?(call: VendorCallRecord): void
  onBreaker?(operation: Operation, state: BreakerState): void
}

/** Opens what the activities need, as the configuration says. Fails before a worker polls for anything. */
export async function openDependencies(
  config: Config,
  databaseUrl: string,
  {
    metrics = NO_METRICS,
    tracing = NO_TRACING,
    onVendorCall = () => {},
    onBreaker = () => {},
  }: DependencyListeners = {},
): Promise<OpenDependencies> {
  const { vendor } = config
  if (vendor.apiKey === null) {
    throw new RemovalFailure(
      'InvalidRequest',
      'REMOVEBGVIDEO_API_KEY: expected the vendor key, none is set',
      {
        hint: 'Set REMOVEBGVIDEO_API_KEY, or try everything without a key: npx matteflow dev',
      },
    )
  }
  const { proxies, privateHosts } = config
  const connections = openWayToVendor({ ...vendor, proxies })
  const workFolder = join(config.home, 'work')
  await mkdir(workFolder, { recursive: true })
  const breakers = createBreakers({
    onChange(operation, state) {
      onBreaker(operation, state)
      metrics.set('matteflow_breaker', { operation }, BREAKER_LEVELS[state])
      activityLog.warn(`circuit breaker of ${operation} is ${state}`, { operation, state })
    },
  })
  const clientFor = (keyAlias: string, apiKey: string): GuardedVendorClient =>
    guardVendor(
      createVendorClient({
        ...vendor,
        keyAlias,
        apiKey,
        dispatcher: connections,
        proxies,
        onCall(call) {
          onVendorCall(call)
          measureVendorCall({ metrics, tracing }, call)
          logCall(call)
        },
        onExchangeError: logLostExchange,
      }),
      breakers,
    )
  const current = clientFor(vendor.keyAlias, vendor.apiKey)
  const retired = new Map(vendor.retiredKeys.map(({ alias, key }) => [alias, clientFor(alias, key)]))
  const database = await openDatabase(databaseUrl)
  const { publicUrl } = config.gateway
  const isUnsigned = publicUrl !== null && vendor.webhookSecret === null
  const callbackKey = isUnsigned ? await sharedKey(database.database, CALLBACK_KEY) : null
  return {
    dependencies: {
      ledger: createLedger(database.database, measuredLedger({ metrics, tracing })),
      storage: meteredStorage(createStorage(config.storageUrl, { proxies }), (call) =>
        measureStorageCall({ metrics, tracing }, call),
      ),
      metrics,
      tracing,
      vendor: { current, byAlias: (alias) => (alias === vendor.keyAlias ? current : retired.get(alias)) },
      hosts: {
        input: createInputHostRules(vendor.baseUrl, { privateHosts, proxies }),
        receiver: createInputHostRules(null, { privateHosts, proxies }),
        output: createOutputHostRules(vendor.baseUrl, vendor.outputHosts, { proxies }),
      },
      media: MEDIA,
      workFolder,
      settings: {
        callTimeoutMs: vendor.callTimeoutMs,
        outageBudgetMs: config.outageBudgetMs,
        settleMarginMs: config.settleMarginMs,
      },
      keepMs: config.keepMs,
      prices: createCachedPrices(current),
      webhookUrlOf: (removalId) =>
        publicUrl === null ? null : callbackUrl(publicUrl, removalId, callbackKey),
      now: () => Date.now(),
      monotonicMs: () => performance.now(),
    },
    askLedger: {
      openRemovals: () => openRemovalsReport(database.database),
      budgets: () => budgetReport(database.database),
    },
    async close() {
      await connections.destroy()
      await database.close()
    },
  }
}

/**
 * Runs within the activity that called, so that its ids are on the line. A running job's polls are not news; a failure is
 * told by the activity that met it, with when it is tried again, and a call that somebody cancelled is no failure.
 */
function logCall(call: VendorCallRecord): void {
  if (call.kind === 'Cancelled') activityLog.debug('vendor call cancelled', { ...call })
  else if (call.kind !== null) activityLog.debug('vendor call failed', { ...call })
  else if (call.operation === 'getJob') activityLog.debug('vendor call', { ...call })
  else activityLog.info('vendor call', { ...call })
}

function logLostExchange(error: unknown): void {
  activityLog.warn('a vendor exchange could not be kept', {
    reason: error instanceof Error ? error.message : String(error),
  })
}

const BREAKER_LEVELS: Record<BreakerState, number> = { closed: 0, 'half-open': 1, open: 2 }
