/** The calls of the vendor's API that we make. The names appear in exchanges, logs and metrics. */
export type Operation =
  | 'upload'
  | 'createDraft'
  | 'startJob'
  | 'getJob'
  | 'listJobs'
  | 'usageSummary'
  | 'usageEvents'
  | 'pricing'
  | 'health'
  | 'legacyDownload'

const DEEDS: Record<Operation, string> = {
  upload: 'upload a video',
  createDraft: 'create a vendor job',
  startJob: 'start vendor job',
  getJob: 'read vendor job',
  listJobs: 'list vendor jobs',
  usageSummary: 'read the usage summary',
  usageEvents: 'read the usage events',
  pricing: 'read the price table',
  health: 'read the health report',
  legacyDownload: 'find the output of vendor job',
}

/** What was being done and on what, as messages begin: `start vendor job 7f3…`. */
export function deedOf({ operation, vendorJobId }: CallSubject): string {
  if (vendorJobId === null) return DEEDS[operation]
  return `${DEEDS[operation]} ${vendorJobId.length > 64 ? `${vendorJobId.slice(0, 63)}…` : vendorJobId}`
}

/** Which call, and of which vendor job where there is one. */
export interface CallSubject {
  operation: Operation
  vendorJobId: string | null
}
