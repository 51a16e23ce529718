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
    recordPark: recordPark(dependencies),
    deleteRemoval: deleteRemoval(dependencies),
    deleteExpired: deleteExpired(dependencies),
    sendWebhook: sendWebhook(dependencies),
    closeWebhook: closeWebhook(dependencies),
    retrieveOutput: retrieveOutput(dependencies),
    settleRemoval: settleRemoval(dependencies),
    findParkNews: findParkNews(dependencies),
    sendParkNews: sendParkNews(dependencies),
    checkLedger: checkLedger(dependencies),
    checkStorage: checkStorage(dependencies),
    makeReadyDraft: makeReadyDraft(dependencies),
    replayOpen: replayOpen(dependencies),
  }
}
