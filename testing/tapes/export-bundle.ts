import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'
import type { Client } from '@temporalio/client'
import type { History } from '@temporalio/common/lib/proto-utils.js'
import { decodeHistory } from '../../adapters/encryption/plain-history.ts'
import type { Database } from '../../adapters/ledger/open-database.ts'
import { rowsOfRemoval } from '../../adapters/ledger/rows-of-removal.ts'
import type { Storage } from '../../adapters/storage/storage.ts'
import { failureFromTemporal, isUnknownWorkflow } from '../../client/errors.ts'
import { DEFAULT_POLICY_SETTINGS, policiesFrom } from '../../domain/policies.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import { jsonFromHistory } from '../../worker/replay/history-json.ts'
import { productVersion, sdkVersion } from '../../worker/versions.ts'
import type { Bundle, TapedExchange } from './bundle.schema.ts'
import { BUNDLE_FORMAT, BUNDLE_VERSION, bundleSchema } from './bundle.schema.ts'
import { redacted } from './redact-bundle.ts'

/** Where a removal left its traces. */
export interface Traces {
  client: Client
  storage: Storage
  database: Database
}

/**
 * Everything about one removal but its media, fit to be given to support: without a person's words, URLs' queries and
 * the names of machines. `NotFound` where neither Temporal nor the ledger knows it.
 */
export async function exportBundle(
  { client, storage, database }: Traces,
  removalId: string,
  document: RemovalDocument | null,
): Promise<Bundle> {
  const [histories, ledger, exchanges] = await Promise.all([
    historiesOf(client, removalId),
    rowsOfRemoval(database, removalId),
    exchangesOf(storage, removalId),
  ])
  if (histories.length === 0 && ledger.removal === null)
    throw new RemovalFailure('NotFound', `no removal ${removalId}`, { removalId })
  const bundle = {
    format: BUNDLE_FORMAT,
    version: BUNDLE_VERSION,
    exportedAt: new Date().toISOString(),
    removalId,
    versions: { matteflow: productVersion(), temporalSdk: sdkVersion(), node: process.version },
    policies: hashOf(policiesFrom(DEFAULT_POLICY_SETTINGS)),
    document,
    histories: histories.map((history) => jsonFromHistory(history)),
    exchanges,
    // Whoever knows the address of an upload can read the footage.
    ledger: { ...ledger, removal: ledger.removal && { ...ledger.removal, videoUrl: null } },
  }
  // As JSON tells it: dates are texts there.
  return redacted(bundleSchema.parse(JSON.parse(JSON.stringify(bundle))))
}

/** Every run of a removal, oldest first; none where Temporal has forgotten it. */
async function historiesOf(client: Client, removalId: string): Promise<History[]> {
  const histories: History[] = []
  let runId: string | undefined
  try {
    do {
      const history = await client.workflow.getHandle(workflowIdOf(removalId), runId).fetchHistory()
      histories.unshift(await decodeHistory(history, client.options.loadedDataConverter.payloadCodecs))
      runId =
        history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined
    } while (runId !== undefined)
  } catch (error) {
    // Older runs are forgotten first.
    if (!isUnknownWorkflow(error)) throw failureFromTemporal(error, client)
  }
  return histories
}

async function exchangesOf(storage: Storage, removalId: string): Promise<TapedExchange[]> {
  const exchanges: TapedExchange[] = []
  for await (const key of storage.list(`exchanges/${removalId}`))
    exchanges.push(JSON.parse(await text(await storage.read(key))) as TapedExchange)
  return exchanges.toSorted((left, right) => left.at.localeCompare(right.at))
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)
}
