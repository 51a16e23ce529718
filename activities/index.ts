import { admitRemoval } from './admit/admit-removal.ts'
import { reserveCredits } from './admit/reserve-credits.ts'
import { deleteExpired } from './delete/delete-expired.ts'
import { deleteRemoval } from './delete/delete-removal.ts'
import type { ActivityDependencies } from './dependencies.ts'
import { findParkNews } from './notify/find-park-news.ts'
import { sendParkNews } from './notify/send-park-news.ts'
import { createVendorJob } from './purchase/create-vendor-job.ts'
import { startVendorJob } from './purchase/start-vendor-job.ts'
import { uploadInput } from './purchase/upload-input.ts'
import { checkLedger, checkStorage } from './ready/check-stores.ts'
import { makeReadyDraft } from './ready/make-ready-draft.ts'
import { replayOpen } from './ready/replay-open.ts'
import { reconcileBooks } from './reconcile/reconcile-books.ts'
import { retrieveOutput } from './retrieve/retrieve-output.ts'
import { recordPark } from './settle/record-park.ts'
import { settleRemoval } from './settle/settle-removal.ts'
import { checkVendorJob } from './wait/check-vendor-job.ts'
import { closeWebhook } from './webhooks/close-webhook.ts'
import { sendWebhook } from './webhooks/send-webhook.ts'

export type { ActivityDependencies } from './dependencies.ts'
/** The activities of removals, by the names that histories have. */
export type Activities = ReturnType<typeof createActivities>

/** The side effects of a removal, for a worker to register. Each may be repeated at any time. */
export function createActivities(dependencies: ActivityDependencies) {
  return {
    /** Records the request, inspects its input, and reserves the credits. */
    admitRemoval: admitRemoval(dependencies),
    /** Brings the input to the vendor, or gives it the URL. */
    uploadInput: uploadInput(dependencies),
    /** Makes a draft, which costs nothing. */
    createVendorJob: createVendorJob(dependencies),
    /** Starts the draft: the only call that spends. */
    startVendorJob: startVendorJob(dependencies),
    /** Asks once how the job stands. */
    checkVendorJob: checkVendorJob(dependencies),
    /** Holds credits for one more purchase. */
    reserveCredits: reserveCredits(dependencies),
    /** Compares the ledger with the vendor's records. */
    reconcileBooks: reconcileBooks(dependencies),
    /** Keeps that a removal parked, or why that ended. */
    recordPark: recordPark(dependencies),
    /** Deletes the files of one removal. */
    deleteRemoval: deleteRemoval(dependencies),
    /** Deletes files that were kept for long enough. */
    deleteExpired: deleteExpired(dependencies),
    /** Tells one endpoint of one event. */
    sendWebhook: sendWebhook(dependencies),
    /** Keeps how a delivery ended. */
    closeWebhook: closeWebhook(dependencies),
    /** Fetches the output, and verifies it. */
    retrieveOutput: retrieveOutput(dependencies),
    /** Posts what it cost, and closes the record. */
    settleRemoval: settleRemoval(dependencies),
    /** Looks whom to tell of which parks. */
    findParkNews: findParkNews(dependencies),
    /** Tells of parks. */
    sendParkNews: sendParkNews(dependencies),
    /** Writes what a removal writes, and takes it back. */
    checkLedger: checkLedger(dependencies),
    /** Writes, lists and removes an object. */
    checkStorage: checkStorage(dependencies),
    /** Makes a draft for a readiness check. */
    makeReadyDraft: makeReadyDraft(dependencies),
    /** Replays open histories with this build. */
    replayOpen: replayOpen(dependencies),
  }
}
