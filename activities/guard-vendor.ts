import type { Operation } from '../adapters/removebgvideo/call/vendor-call.ts'
import type { VendorClient } from '../adapters/removebgvideo/create-vendor-client.ts'
import type { Breakers } from './breakers.ts'

/** A vendor client behind circuit breakers; `direct` goes past them, for the status checks of a start in doubt. */
export type GuardedVendorClient = VendorClient & { readonly direct: VendorClient }

/** Puts every call that a removal makes behind the breaker of its operation. */
export function guardVendor(client: VendorClient, breakers: Breakers): GuardedVendorClient {
  const guarded =
    <Args extends unknown[], Result>(operation: Operation, call: (...args: Args) => Promise<Result>) =>
    (...args: Args) =>
      breakers.run(operation, () => call(...args))
  return {
    ...client,
    direct: client,
    upload: guarded('upload', client.upload),
    createDraft: guarded('createDraft', client.createDraft),
    startJob: guarded('startJob', client.startJob),
    getJob: guarded('getJob', client.getJob),
    legacyDownload: guarded('legacyDownload', client.legacyDownload),
  }
}
