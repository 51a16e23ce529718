import { documentFromRecord } from '../../adapters/ledger/document-from-record.ts'
import type { Ledger } from '../../adapters/ledger/ledger.ts'
import type { Purchase, RemovalRecord, VendorJobRecord } from '../../adapters/ledger/rows.ts'

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
  deletedAt: null,
}
const NO_JOB = {
  draftStatus: null,
  requestIds: [],
  startIntendedAt: null,
  startInDoubtAt: null,
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

type HappyRemovals = Pick<Ledger['removals'], 'find' | 'admit' | 'recordVideoUrl' | 'settle'>
type HappyVendorJobs = Pick<
  Ledger['vendorJobs'],
  | 'find'
  | 'withRemoval'
  | 'recordDraft'
  | 'recordDraftStatus'
  | 'intendStart'
  | 'recordStarted'
  | 'addRequestId'
  | 'recordEnd'
>
type HappyCredits = Pick<Ledger['credits'], 'reserve'>

/** A ledger in memory that knows what a removal without any trouble asks of it, and nothing else. */
export function instantLedger(): Ledger {
  const removals = new Map<string, RemovalRecord>()
  const jobs = new Map<string, VendorJobRecord>()
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
    recordVideoUrl: async (id, videoUrl) => changeRemoval(id, { videoUrl }),
    async settle(id, end) {
      const record = removals.get(id)
      const job = jobs.get(keyOf({ removalId: id, purchase: 1 }))
      if (record === undefined) return undefined
      const settled = job === undefined ? [] : [job]
      const document = documentFromRecord(record, settled, end)
      changeRemoval(id, { document, closedAt: end.finishedAt, finalStatus: document.state })
      return { document, jobs: settled, isNew: true, isInputShared: false, closings: [] }
    },
  }
  const happyJobs: HappyVendorJobs = {
    find: async (key) => jobs.get(keyOf(key)),
    async withRemoval(key) {
      const removal = removals.get(key.removalId)
      return removal && { removal, job: jobs.get(keyOf(key)) ?? null }
    },
    async recordDraft(entry) {
      const record = { ...NO_JOB, ...defined(entry) } as VendorJobRecord
      jobs.set(keyOf(entry), record)
      return record
    },
    recordDraftStatus: (key, draftStatus) => changeJob(key, { draftStatus }),
    async intendStart(key, at) {
      const [removal, job] = [removals.get(key.removalId), jobs.get(keyOf(key))]
      if (removal === undefined || job === undefined) return undefined
      const before = { ...job }
      await changeJob(key, { startIntendedAt: at })
      return { removal, job: before, isIntended: true }
    },
    recordStarted: (key, at) => changeJob(key, { startedAt: at }),
    addRequestId: async () => {},
    async recordEnd(key, { requestId: _requestId, startedAt: _startedAt, ...end }) {
      await changeJob(key, defined(end) as Partial<VendorJobRecord>)
      return jobs.get(keyOf(key))
    },
  }
  const happyCredits: HappyCredits = {
    async reserve(posting) {
      changeRemoval(posting.removalId, defined(posting.inspection ?? {}) as Partial<RemovalRecord>)
      return { ...posting.variant, amountMillicredits: posting.amountMillicredits }
    },
  }
  const nobodyListens: Pick<Ledger['webhooks'], 'announce'> = { announce: async () => [] }
  return {
    removals: happyRemovals,
    vendorJobs: happyJobs,
    credits: happyCredits,
    webhooks: nobodyListens,
  } as unknown as Ledger
}

function defined<Values extends object>(values: Values): Partial<Values> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<Values>
}
