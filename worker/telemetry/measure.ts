import type { LedgerListeners } from '../../adapters/ledger/ledger.ts'
import type { VendorCallRecord } from '../../adapters/removebgvideo/call/vendor-call.ts'
import type { StorageCall } from '../../adapters/storage/metered-storage.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Tracing } from '../../domain/tracing.ts'

/** Where measures go. */
interface Gauged {
  metrics: Metrics
  tracing: Tracing
}

/** Puts what the ledger tells into metrics and traces. */
export function measuredLedger({ metrics, tracing }: Gauged): LedgerListeners {
  return {
    onQuestion({ records, outcome, durationMs }) {
      metrics.observe('matteflow_ledger_duration', { records, outcome }, durationMs / 1_000)
      tracing.ended(`ledger ${records}`, durationMs, {}, outcome === 'ok' ? null : outcome)
    },
    onMoved({ kind, project, model, state, heldMillicredits, chargedMillicredits }) {
      if (kind === 'reserve')
        return metrics.count('matteflow_millicredits_reserved', { project, model }, heldMillicredits)
      metrics.count('matteflow_millicredits_charged', { project, model, state }, chargedMillicredits)
      const releasedMillicredits = Math.max(0, heldMillicredits - chargedMillicredits)
      metrics.count('matteflow_millicredits_released', { project, model }, releasedMillicredits)
    },
  }
}

/** The same for a call to the storage. */
export function measureStorageCall({ metrics, tracing }: Gauged, call: StorageCall): void {
  const { operation, outcome, durationMs } = call
  metrics.observe('matteflow_storage_duration', { operation, outcome }, durationMs / 1_000)
  tracing.ended(`storage ${operation}`, durationMs, {}, outcome === 'ok' ? null : outcome)
}

/** The same for a call to the vendor. A call that was cancelled has no status, and its kind says so. */
export function measureVendorCall({ metrics, tracing }: Gauged, call: VendorCallRecord): void {
  const { operation, httpStatus, kind, durationMs, requestId, vendorJobId } = call
  const status = httpStatus === null ? 'none' : String(httpStatus)
  metrics.count('matteflow_vendor_calls', { operation, status, kind: kind ?? 'none' })
  metrics.observe('matteflow_vendor_call_duration', { operation }, durationMs / 1_000)
  const facts = { http_status: httpStatus, kind, request_id: requestId, vendor_job_id: vendorJobId }
  tracing.ended(`vendor ${operation}`, durationMs, facts, kind === 'Cancelled' ? null : kind)
}
