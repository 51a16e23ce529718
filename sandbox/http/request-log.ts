import type { Route } from '../faults/fault.ts'

/** One received request. No key and no query string is kept. */
export type RequestRecord = {
  /** ISO time. */
  at: string
  /** As the answer said it. */
  requestId: string
  /** Which operation. */
  route: Route
  /** Of HTTP. */
  method: string
  /** Without its query. */
  path: string
  /** The n-th request to this route since the sandbox started. */
  occurrence: number
  /** Tells keys apart without showing them; null without a key. */
  keyFingerprint: string | null
  /** The job that it is about; null where there is none. */
  jobId: string | null
  /** The name that the job's input was uploaded under; null where it was not, or the request is about none. */
  input: string | null
  /** The type of the fault that struck, if one did. */
  fault: string | null
  /** Null while unanswered, and for ever when the reply was lost. */
  status: number | null
}

export type RequestLog = {
  begin(record: Omit<RequestRecord, 'at' | 'occurrence' | 'status' | 'requestId'>): RequestRecord
  /** Whether a start was requested of this job, whatever the answer was. */
  wasStartAsked(jobId: string): boolean
  all(): readonly RequestRecord[]
  counts(): Partial<Record<Route, number>>
}

const KEPT = 20_000

export function createRequestLog(log: (line: string) => void): RequestLog {
  const records: RequestRecord[] = []
  const counts: Partial<Record<Route, number>> = {}
  const startsAsked = new Set<string>()
  let received = 0
  return {
    begin(about) {
      received += 1
      const occurrence = (counts[about.route] ?? 0) + 1
      counts[about.route] = occurrence
      const requestId = `req_${String(received).padStart(6, '0')}`
      const record = { ...about, at: new Date().toISOString(), requestId, occurrence, status: null }
      records.push(record)
      if (about.route === 'start' && about.jobId !== null) startsAsked.add(about.jobId)
      if (records.length > KEPT) records.shift()
      log(`${about.method} ${about.path}${about.fault === null ? '' : ` (fault: ${about.fault})`}`)
      return record
    },
    wasStartAsked: (jobId) => startsAsked.has(jobId),
    all: () => records,
    counts: () => ({ ...counts }),
  }
}
