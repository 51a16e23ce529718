import type { HeldOrder } from '../../adapters/ledger/credit-entries.ts'
import type { Ledger } from '../../adapters/ledger/ledger.ts'
import type { RemovalRecord } from '../../adapters/ledger/removal-records.ts'
import type { Purchase, VendorJobRecord } from '../../adapters/ledger/vendor-job-records.ts'

const NO_REMOVAL = {
  user: null,
  reference: null,
  inputKey: null,
  inputBytes: null,
  inputSha256: null,
  inputDurationSeconds: null,
  inputPictureSeconds: null,
  inputContentType: null,
  estimatedMillicredits: null,
  videoUrl: null,
  orphanDrafts: 0,
  finalStatus: null,
  failureKind: null,
  document: null,
  closedAt: null,
}
const NO_JOB = {
  draftStatus: null,
  requestIds: [],
  startIntendedAt: null,
  startUnclearAt: null,
  startRepeatedAt: null,
  startedAt: null,
  startAnswer: 0,
  estimatedMillicredits: null,
  creditsPerMinute: null,
  priceVersion: null,
  chargedMillicredits: null,
  billingStatus: null,
  finalStatus: null,
  error: null,
  durationSeconds: null,
  collected: false,
  refusedOutput: null,
  finishedAt: null,
}

type HappyRemovals = Pick<
  Ledger['removals'],
  'find' | 'admit' | 'recordInspection' | 'recordVideoUrl' | 'close'
>
type HappyVendorJobs = Pick<
  Ledger['vendorJobs'],
  | 'find'
  | 'all'
  | 'recordDraft'
  | 'recordDraftStatus'
  | 'markStartIntended'
  | 'markStarted'
  | 'addRequestId'
  | 'recordEnd'
  | 'markCollected'
>
type HappyCredits = Pick<Ledger['credits'], 'reserve' | 'held' | 'settle'>

/** Books in memory that know what a removal without any trouble asks of them, and nothing else. */
export function instantLedger(): Ledger {
  const removals = new Map<string, RemovalRecord>()
  const jobs = new Map<string, VendorJobRecord>()
  const held = new Map<string, HeldOrder>()
  const keyOf = ({ removalId, purchase }: Purchase): string => `${removalId} ${purchase}`
  const changeRemoval = (id: string, values: Partial<RemovalRecord>): void => {
    const record = removals.get(id)
    if (record !== undefined) Object.assign(record, values)
  }
  const changeJob = async (key: Purchase, values: Partial<VendorJobRecord>): Promise<void> => {
    const record = jobs.get(keyOf(key))
    if (record !== undefined) Object.assign(record, values)
  }
  const happyRemovals: HappyRemovals = {
    find: async (id) => removals.get(id),
    async admit(entry) {
      const record: RemovalRecord = { ...NO_REMOVAL, ...defined(entry) } as RemovalRecord
      removals.set(entry.id, record)
      return { outcome: 'admitted', record }
    },
    recordInspection: async (id, inspection) =>
      changeRemoval(id, defined(inspection) as Partial<RemovalRecord>),
    recordVideoUrl: async (id, videoUrl) => changeRemoval(id, { videoUrl }),
    async close(id, document, closedAt) {
      changeRemoval(id, { document, closedAt, finalStatus: document.state })
      return document
    },
  }
  const happyJobs: HappyVendorJobs = {
    find: async (key) => jobs.get(keyOf(key)),
    async all(removalId) {
      const record = jobs.get(keyOf({ removalId, purchase: 1 }))
      return record === undefined ? [] : [record]
    },
    async recordDraft(entry) {
      const record = { ...NO_JOB, ...defined(entry) } as VendorJobRecord
      jobs.set(keyOf(entry), record)
      return record
    },
    recordDraftStatus: (key, draftStatus) => changeJob(key, { draftStatus }),
    async markStartIntended(key, at) {
      await changeJob(key, { startIntendedAt: at })
      return true
    },
    markStarted: (key, at) => changeJob(key, { startedAt: at }),
    addRequestId: async () => {},
    recordEnd: (key, end) => changeJob(key, defined(end) as Partial<VendorJobRecord>),
    markCollected: (key) => changeJob(key, { collected: true }),
  }
  const happyCredits: HappyCredits = {
    async reserve(posting) {
      const order = { ...posting.order, amountMillicredits: posting.amountMillicredits }
      held.set(keyOf(posting), order)
      return order
    },
    held: async (purchase) => held.get(keyOf(purchase)),
    settle: async () => {},
  }
  return { removals: happyRemovals, vendorJobs: happyJobs, credits: happyCredits } as Ledger
}

function defined<Values extends object>(values: Values): Partial<Values> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<Values>
}
