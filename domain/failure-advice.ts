import type { FailureKind } from './failures.ts'

/** What to say about a kind of failure: to an end user, and to the operator of the service. */
export interface FailureAdvice {
  userMessage: string
  hint: string
}

/** The advice of a kind; commands in its hint name the removal, which stands in `id` once there is one. */
interface AdviceRow {
  userMessage: string
  hint: string | ((id: string | null) => string)
}

/**
 * What to say about a failure of one kind. Commands stand in code spans and can be typed as they stand: with the id
 * of the removal where it is known, else the hint says the same without a command.
 */
export function adviceFor(kind: FailureKind, id: string | null): FailureAdvice {
  const { userMessage, hint } = ADVICE[kind]
  return { userMessage, hint: typeof hint === 'string' ? hint : hint(id) }
}

const resume = (id: string | null): string =>
  id === null ? 'resume the removal' : `run \`matteflow resume ${id}\``

/** One row a kind. `userMessage` names no vendor, no key and no cost; `hint` says what to do next. */
const ADVICE: Record<FailureKind, AdviceRow> = {
  InvalidRequest: {
    userMessage: 'The settings of this request are not valid.',
    hint: 'Correct the named field and send the request again; nothing was bought.',
  },
  InvalidInput: {
    userMessage: 'This file cannot be processed as a video.',
    hint: 'Send a readable mp4, mov, webm or avi of at most 500,000,000 bytes; nothing was bought.',
  },
  BudgetExceeded: {
    userMessage: 'This video would cost more than allowed.',
    hint: 'Raise maxCredits, choose a cheaper model or a shorter video; nothing was bought beyond the budget.',
  },
  InsufficientCredits: {
    userMessage: 'Processing is paused for a moment. Your video is safe and will be processed.',
    hint: (id) => `Top up the vendor account, then ${resume(id)}.`,
  },
  CredentialsRejected: {
    userMessage: 'Processing is paused for a moment. Your video is safe and will be processed.',
    hint: (id) =>
      `Check REMOVEBGVIDEO_API_KEY (a rotated key belongs in REMOVEBGVIDEO_RETIRED_KEYS), restart the worker, then ${resume(id)}.`,
  },
  RateLimited: {
    userMessage: 'The service is busy. Your video is waiting its turn.',
    hint: 'The removal wakes by itself; lower the rate of new removals if this persists.',
  },
  VendorUnavailable: {
    userMessage: 'The processing service is not reachable right now. Your video is waiting.',
    hint: 'The removal wakes by itself when the vendor answers; check the vendor status and the network.',
  },
  CircuitOpen: {
    userMessage: 'The processing service is not reachable right now. Your video is waiting.',
    hint: 'Too many calls failed in a row; the removal wakes by itself when calls are let through again.',
  },
  JobNotVisible: {
    userMessage: 'The state of your video has to be checked. We are looking into it.',
    hint: (id) =>
      `The vendor denies a job that was started: check that the key that made it (keyAlias) is still configured, then ${resume(id)}.`,
  },
  ContractViolation: {
    userMessage: 'The processing service answered in an unexpected way. Your video is waiting.',
    hint: (id) =>
      `See the kept exchange in the storage, under exchanges/${id === null ? '' : `${id}/`}; the removal wakes by itself, or ${resume(id)} after a fix.`,
  },
  UnknownOutcome: {
    userMessage: 'The state of your video has to be checked. We are looking into it.',
    hint: (id) =>
      id === null
        ? 'Look at the job in the vendor dashboard, then resume the removal as started or as not started.'
        : `Look at the job in the vendor dashboard, then answer with \`matteflow resume ${id} --as started\` or \`matteflow resume ${id} --as not-started\`.`,
  },
  ProcessingFailed: {
    userMessage: 'This video could not be processed.',
    hint: 'The vendor job ended as failed: try another model, or send the vendor the job id and request id.',
  },
  OutputExpired: {
    userMessage: 'The result is not available right now. We are looking into it.',
    hint: (id) =>
      `Ask the vendor for the output of this job id, or ${resume(id)} to try every way of fetching it once more.`,
  },
  OutputInvalid: {
    userMessage: 'This video could not be processed in the wanted quality.',
    hint: (id) =>
      `The output was not what was bought. The refused file is kept${id === null ? '' : `: \`matteflow watch ${id} --refused --out refused-output\` saves it`}. Send the vendor the job id, or try another model or format.`,
  },
  NotFound: {
    userMessage: 'There is no such request.',
    hint: 'Check the id, the namespace and the address of Temporal; `matteflow list` shows what there is.',
  },
  DeadlineExceeded: {
    userMessage: 'Processing takes longer than allowed.',
    hint: (id) =>
      `After the start the job is still checked, and its output is collected when it ends; ${resume(id)} for a new deadline.`,
  },
  Cancelled: {
    userMessage: 'This request was cancelled.',
    hint: 'A vendor job that was started runs and bills to its end: vendorJob says whether there is one.',
  },
  PlatformUnavailable: {
    userMessage: 'The service is not available right now. Your video is waiting.',
    hint: 'Check the storage and the database (`matteflow doctor`); the removal wakes by itself.',
  },
  Unexpected: {
    userMessage: 'Something went wrong on our side.',
    hint: 'This is a bug: keep the workflow history and the logs of this removal, then report it.',
  },
}

/** The command that lets all removals go on that are parked for one kind in one project. An unknown outcome is answered one by one. */
export function goOnCommand(kind: FailureKind, project: string): string {
  return kind === 'UnknownOutcome'
    ? `matteflow list --state parked --kind UnknownOutcome --project ${project}`
    : `matteflow resume --all --kind ${kind} --project ${project}`
}
