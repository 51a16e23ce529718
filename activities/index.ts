import { admitRemoval } from './admit-removal.ts'
import { checkVendorJob } from './check-vendor-job.ts'
import { createVendorJob } from './create-vendor-job.ts'
import type { ActivityDependencies } from './dependencies.ts'
import { reconcileBooks } from './reconcile/reconcile-books.ts'
import { reserveCredits } from './reserve-credits.ts'
import { retrieveOutput } from './retrieve-output.ts'
import { settleRemoval } from './settle-removal.ts'
import { startVendorJob } from './start-vendor-job.ts'
import { uploadInput } from './upload-input.ts'

export type { ActivityDependencies } from './dependencies.ts'
export type Activities = ReturnType<typeof createActivities>

/** The side effects of a removal, for a worker to register. Each may be repeated at any time. */
export function createActivities(dependencies: ActivityDependencies) {
  return {
    admitRemoval: admitRemoval(dependencies),
    uploadInput: uploadInput(dependencies),
    createVendorJob: createVendorJob(dependencies),
    startVendorJob: startVendorJob(dependencies),
    checkVendorJob: checkVendorJob(dependencies),
    reserveCredits: reserveCredits(dependencies),
    reconcileBooks: reconcileBooks(dependencies),
    retrieveOutput: retrieveOutput(dependencies),
    settleRemoval: settleRemoval(dependencies),
  }
}
