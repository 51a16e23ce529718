import { setInterval } from 'node:timers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { Logger } from 'pino'
import type { Config } from '../adapters/environment/config.ts'
import { budgetOf } from '../adapters/ledger/budget-report.ts'
import { createLedger } from '../adapters/ledger/ledger.ts'
import { openDatabase } from '../adapters/ledger/open-database.ts'
import { removalDocuments } from '../adapters/ledger/removal-documents.ts'
import { CALLBACK_KEY, sharedKey } from '../adapters/ledger/shared-key.ts'
import { usageReport } from '../adapters/ledger/usage-report.ts'
import { createStorage } from '../adapters/storage/create-storage.ts'
import { askTemporal } from '../client/ask-temporal.ts'
import { createRemovals } from '../client/create-removals.ts'
import { remembered } from '../domain/remembered.ts'
import { repeatEvery } from '../domain/repeat-every.ts'
import { untilAborted } from '../domain/until-aborted.ts'
import type { Limits } from './auth/project-limits.ts'
import { createProjectLimits, DEFAULT_LIMITS } from './auth/project-limits.ts'
import { createTokens } from './auth/tokens.ts'
import type { Gateway } from './build-gateway.ts'
import { buildGateway } from './build-gateway.ts'
import type { GatewayLedger } from './gateway-dependencies.ts'
import type { ConnectionBounds } from './http/create-server.ts'
import { listen } from './http/listen.ts'
import { createLedgerLocker } from './uploads/ledger-locker.ts'
import { sweepParts } from './uploads/sweep-parts.ts'
import { createUploadStore } from './uploads/upload-store.ts'

/** What a gateway is run with besides its configuration. */
export interface RunGatewayOptions {
  /** Its connection may be one that is made at the first question: a gateway starts while Temporal is down. */
  client: Client
  databaseUrl: string
  /** Where the Temporal UI is; null where only the owner of the server knows. */
  temporalUiUrl: string | null
  version: string
  log: Logger
  limits?: Limits
  bounds?: ConnectionBounds
  /** Where the store of uploads cuts them into parts, if it is a folder of gateways alone. */
  partsFolder?: string
  /** Ends the gateway: streams are told to come back, other requests finish. */
  signal: AbortSignal
  /** For how long it goes on taking requests after the signal; some seconds behind tokens, none without, unless given. */
  lingerMs?: number
  onListening(url: string): void
  /** Hears now and then that somebody uses the gateway. */
  onUse?(): void
}

const DEFAULT_PORT = 8080
const READY_WITHIN_MS = 3_000
/** A balancer goes on sending until it has heard that this gateway ends, which takes it some seconds. */
const LINGERS_MS = 5_000
const SWEEP_EVERY_MS = 3_600_000
const USE_EVERY_MS = 20_000

/** Runs the HTTP role until the signal ends it. Nothing that it leans on needs to be there at its start. */
export async function runGateway(config: Config, options: RunGatewayOptions): Promise<void> {
  const { client, temporalUiUrl, version, log, signal } = options
  const { gateway: settings, vendor, proxies, privateHosts, storageUrl } = config
  const tokens = createTokens(settings.tokens)
  const storage = createStorage(storageUrl, { proxies })
  const opened = openWhenAsked(options.databaseUrl)
  const ledger = ledgerOver(opened)
  const now = (): number => Date.now()
  const removals = createRemovals({
    ...{ client, storage, privateHosts, proxies, vendorBaseUrl: vendor.baseUrl },
    records: {
      find: async (id) => removalDocuments(await opened.database()).find(id),
      fingerprint: async (id) => removalDocuments(await opened.database()).fingerprint(id),
      async *list(filter) {
        yield* removalDocuments(await opened.database()).list(filter)
      },
      budgetLeft: async (project) => (await ledger.budget(project))?.left ?? null,
    },
  })
  const gateway = await buildGateway(
    {
      ...{ removals, ledger, storage, tokens, temporalUiUrl, log, now },
      limits: createProjectLimits(options.limits ?? DEFAULT_LIMITS, now),
      publicUrl: settings.publicUrl,
      webhookSecret: vendor.webhookSecret,
      endpointRules: { privateHosts, proxies },
    },
    {
      uploadStore: await createUploadStore(storageUrl, proxies),
      uploadLocker: createLedgerLocker({
        take: async (...args) => (await opened.ledger()).uploadLocks.take(...args),
        renew: async (...args) => (await opened.ledger()).uploadLocks.renew(...args),
        release: async (...args) => (await opened.ledger()).uploadLocks.release(...args),
      }),
      readiness: {
        temporal: () => reachTemporal(client),
        ledger: async () => void (await (await opened.database()).execute('select 1')),
        storage: async () => void (await storage.stat('checks/ready')),
      },
      version,
      bounds: options.bounds,
    },
  )
  const stops = [
    sweepUploads(gateway, { log, partsFolder: options.partsFolder }),
    noteUse(gateway, options.onUse),
  ]
  try {
    // Without tokens everybody who reaches the port spends money, so that only this machine may.
    const port = await listen(gateway.server, {
      host: tokens.isOpen ? '127.0.0.1' : '0.0.0.0',
      port: settings.port ?? DEFAULT_PORT,
      variable: 'GATEWAY_PORT',
    })
    options.onListening(`http://127.0.0.1:${port}`)
    await untilAborted(signal)
    log.info('gateway drains')
    gateway.drain()
    // Without tokens only this machine asks, and nothing stands before the gateway.
    await sleep(options.lingerMs ?? (tokens.isOpen ? 0 : LINGERS_MS))
  } finally {
    for (const stop of stops) stop()
    await gateway.close()
    await opened.close()
  }
}

async function reachTemporal(client: Client): Promise<void> {
  const { connection, options } = client
  const { namespace } = options
  await askTemporal(client, () => connection.workflowService.describeNamespace({ namespace }), {
    withinMs: READY_WITHIN_MS,
  })
}

/** The ledger, opened by the first question, and by the next one again where that failed. */
function openWhenAsked(url: string) {
  const opened = remembered(async () => {
    const { database, close } = await openDatabase(url, { poolSize: 4 })
    return { database, close, ledger: createLedger(database) }
  })
  return {
    database: async () => (await opened.get()).database,
    ledger: async () => (await opened.get()).ledger,
    async close() {
      const ledger = await opened.made()?.catch(() => null)
      await ledger?.close()
    },
  }
}

function ledgerOver({ database, ledger }: ReturnType<typeof openWhenAsked>): GatewayLedger {
  const key = remembered(async () => sharedKey(await database(), CALLBACK_KEY))
  return {
    usage: async (query) => usageReport(await database(), query),
    budget: async (project) => budgetOf(await database(), project),
    webhooks: async () => (await ledger()).webhooks,
    callbackKey: key.get,
  }
}

/** Removes uploads whose time is over, and parts that a killed gateway left, at once and every hour. */
function sweepUploads(
  { uploads }: Gateway,
  { log, partsFolder }: { log: Logger; partsFolder: string | undefined },
): () => void {
  const words = { failing: 'uploads cannot be swept', again: 'uploads are swept again' }
  return repeatEvery({ pauseMs: SWEEP_EVERY_MS, log, ...words }, async () => {
    const removed = await uploads.removeExpired()
    const parts = partsFolder === undefined ? 0 : await sweepParts(partsFolder, Date.now())
    if (removed + parts > 0) log.info({ removed, parts }, 'removed uploads whose time was over')
  })
}

/** Tells of use while there are connections; asking whether the gateway is well is none. */
function noteUse({ server }: Gateway, onUse: (() => void) | undefined): () => void {
  if (onUse === undefined) return () => {}
  let wasUsed = false
  server.server.on('request', ({ url = '' }) => {
    if (!/^\/(healthz|readyz|metrics)/.test(url)) wasUsed = true
  })
  const timer = setInterval(() => {
    server.server.getConnections((_error, count) => {
      if (wasUsed || count > 0) onUse()
      wasUsed = false
    })
  }, USE_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
