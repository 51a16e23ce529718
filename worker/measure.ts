import type { LedgerListeners } from '../adapters/ledger/ledger.ts'
import type { VendorCallRecord } from '../adapters/removebgvideo/call/vendor-call.ts'
import type { StorageCall } from '../adapters/storage/metered-storage.ts'
import type { Metrics } from '../domain/metrics.ts'

/** Puts what the ledger tells into the metrics. */
export function measuredLedger(metrics: Metrics): LedgerListeners {
  return {
    onQuestion({ records, outcome, durationMs }) {
      metrics.observe('matteflow_ledger_duration', { records, outcome }, durationMs / 1_000)
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
export function measureStorageCall(metrics: Metrics, { operation, outcome, durationMs }: StorageCall): void {
  metrics.observe('matteflow_storage_duration', { operation, outcome }, durationMs / 1_000)
}

/** The same for a call to the vendor. A call that was cancelled has no status, and its kind says so. */
export function measureVendorCall(
  metrics: Metrics,
  { operation, httpStatus, kind, durationMs }: VendorCallRecord,
): void {
  const status = httpStatus === null ? 'none' : String(httpStatus)
  metrics.count('matteflow_vendor_calls', { operation, status, kind: kind ?? 'none' })
  metrics.observe('matteflow_vendor_call_duration', { operation }, durationMs / 1_000)
}
