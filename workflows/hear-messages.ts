import { defineQuery, defineSignal, defineUpdate, log, patched, setHandler } from '@temporalio/workflow'
import type { RunState } from './describe-run.ts'
import { stateOf } from './describe-run.ts'
import type { CancelNote, ResumeRequest, ResumeResult, VendorCallback } from './messages.ts'
import { CANCEL_NOTE, RENEW, RESUME, STATE, VENDOR_CALLBACK } from './messages.ts'
import { refuseResume } from './park.ts'
import { PATCHES } from './patches.ts'
import { readCancelNote, readResume } from './read-arguments.ts'
import type { ChangingRun } from './removal-run.ts'

/** What a removal hears while it runs: callbacks, cancellations, questions, renewals and resumes. */
export function hearMessages(run: ChangingRun): void {
  setHandler(
    defineSignal<[VendorCallback]>(VENDOR_CALLBACK),
    () => {
      run.callbacks = { ...run.callbacks, isPending: true }
    },
    { description: 'the vendor called back: its job is read at once instead of at the next planned poll' },
  )
  setHandler(
    defineSignal<[CancelNote]>(CANCEL_NOTE),
    (said) => {
      run.cancelNote = readCancelNote(said)
      log.info('a cancellation was asked for', { removalId: run.id, ...run.labels, ...run.cancelNote })
    },
    { description: 'who cancels this removal, and why; the cancel request itself follows' },
  )
  setHandler(defineQuery<RunState>(STATE), () => stateOf(run), {
    description: 'where the removal stands, since when, what it cost so far and what it waits for',
  })
  setHandler(
    defineSignal(RENEW),
    () => {
      if (patched(PATCHES.renewsWhereAsked.id)) run.isRenewalAsked = true
    },
    { description: 'a removal that sleeps goes on in a new run, with the code of the newest workers' },
  )
  setHandler(
    defineUpdate<ResumeResult, [ResumeRequest]>(RESUME),
    (asked) => {
      run.resumed = readResume(asked)
      const parkedFor = run.parkedFor?.kind
      log.info('removal resumed', { removalId: run.id, ...run.labels, parkedFor, ...run.resumed })
      return { parkedFor: run.parkedFor?.kind ?? '', state: run.state }
    },
    {
      validator: (asked) => refuseResume(run, asked ?? {}),
      description:
        'lets a parked removal go on: { as: "started" | "not-started" } answers an unknown outcome, { maxCredits } raises the limit, { by, note } are kept',
    },
  )
}
