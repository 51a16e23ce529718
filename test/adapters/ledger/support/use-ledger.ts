import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, it } from 'vitest'
import { findPostgres } from '#tools'
import type { RemovalEnd } from '../../../../adapters/ledger/document-from-record.ts'
import type { Ledger } from '../../../../adapters/ledger/ledger.ts'
import { createLedger } from '../../../../adapters/ledger/ledger.ts'
import type { OpenDatabase } from '../../../../adapters/ledger/open-database.ts'
import { openDatabase } from '../../../../adapters/ledger/open-database.ts'
import type {
  DraftedPurchase,
  NewRemovalRecord,
  NewVendorJobRecord,
} from '../../../../adapters/ledger/rows.ts'
import { RemovalFailure } from '../../../../domain/removal-failure.ts'
import { startPostgres } from '../../../../testing/postgres-server.ts'
import { serveDatabase } from '../../../../testing/serve-database.ts'

const postgres = await findPostgres()
// Each file that skips it says so in the count.
if (postgres === undefined) it.skip('the same on PostgreSQL, which is not installed here', () => {})

/** The databases that the ledger promises to be the same on; PostgreSQL only where it is installed. */
export const DATABASES = postgres === undefined ? ['PGlite'] : ['PGlite', 'PostgreSQL']

/** A database of one's own for the tests of a `describe`, by the driver that production uses. */
export function useLedger(database: string): {
  url(): string
  ledger(): Ledger
  database(): OpenDatabase['database']
} {
  let server: { url: string; close(): Promise<void> } | undefined
  let opened: OpenDatabase | undefined
  beforeAll(async () => {
    server =
      database === 'PostgreSQL' && postgres !== undefined
        ? await startPostgres(postgres)
        : await serveDatabase()
    opened = await openDatabase(server.url)
    // A first boot takes seconds, and many on a busy machine.
  }, 60_000)
  afterAll(async () => {
    await opened?.close()
    await server?.close()
  })
  return {
    url: () => server!.url,
    database: () => opened!.database,
    ledger: () => createLedger(opened!.database),
  }
}

export const AT = new Date('2026-11-23T12:00:00.000Z')
/** So many milliseconds after `AT`. */
export const later = (ms: number) => new Date(AT.getTime() + ms)

export function aRemoval(given: Partial<NewRemovalRecord> = {}): NewRemovalRecord {
  const id = given.id ?? `rm_${randomUUID()}`
  return {
    id,
    fingerprint: 'f'.repeat(64),
    workflowId: `removal/${id}`,
    project: 'default',
    source: 'clip.mp4',
    model: 'human',
    outputFormat: 'webm',
    background: { type: 'transparent' },
    request: { model: 'human' },
    createdAt: AT,
    ...given,
  }
}

export function aDraft(given: Partial<NewVendorJobRecord> & { removalId: string }): NewVendorJobRecord {
  return {
    purchase: 1,
    vendorJobId: randomUUID(),
    keyAlias: 'default',
    model: 'human',
    outputFormat: 'webm',
    draftStatus: 'created',
    estimatedMillicredits: 2_250,
    createdAt: AT,
    ...given,
  }
}

/** What a removal ends with. */
export function anEnd(given: Partial<RemovalEnd> = {}): RemovalEnd {
  const failure = new RemovalFailure('ProcessingFailed', 'it failed').toDocument()
  return {
    state: 'failed',
    served: null,
    output: null,
    failure,
    temporal: null,
    finishedAt: later(9_000),
    ...given,
  }
}

/** An admitted removal with the draft of its first purchase. */
export async function aPurchase({ removals, vendorJobs }: Ledger): Promise<DraftedPurchase> {
  const removal = aRemoval()
  await removals.admit(removal)
  const { removalId, purchase, vendorJobId } = await vendorJobs.recordDraft(aDraft({ removalId: removal.id }))
  return { removalId, purchase, vendorJobId }
}
