import type { Fault, FaultAction, Moment, OutputFlaw, OutputOddity, Route, WebhookFlaw } from './fault.ts'

/** Which requests a fault meets; see `Fault`. */
export type Aim = Pick<Fault, 'occurrence' | 'perJob' | 'jobIndex' | 'input'>

type AnswerDetails = Aim & {
  body?: unknown
  contentType?: string
  headers?: Record<string, string>
  when?: Moment
}

const HTML = '<html><head><title>Upstream trouble</title></head><body><h1>Try again</h1></body></html>'

/** From the first matching request on, for ever. */
export const ALWAYS = {
  /** From the first matching request on. */
  from: 1,
} as const

/** The connection is reset; by default the request was carried out in full first. */
export function loseReply(route: Route, aim: Aim & { after?: 'accepting' | 'headers' } = {}): Fault {
  const { after = 'accepting', ...rest } = aim
  return fault(route, { type: 'reset', when: after === 'accepting' ? 'after' : 'before' }, rest)
}

/** The connection is reset when the headers are in; nothing was done. */
export function resetBefore(route: Route, aim: Aim = {}): Fault {
  return fault(route, { type: 'reset', when: 'before' }, aim)
}

/** No answer ever comes; the connection stays open. */
export function hang(route: Route, { when = 'before', ...aim }: Aim & { when?: Moment } = {}): Fault {
  return fault(route, { type: 'hang', when }, aim)
}

/** The genuine reply comes so much later; by default nothing was done before. */
export function delay(
  route: Route,
  ms: number,
  { when = 'before', ...aim }: Aim & { when?: Moment } = {},
): Fault {
  return fault(route, { type: 'delay', ms, when }, aim)
}

/** This status instead of the genuine answer; by default nothing was done, and the body is the vendor's envelope. */
export function answer(route: Route, status: number, details: AnswerDetails = {}): Fault {
  const { body, contentType, headers, when = 'before', ...aim } = details
  const action: FaultAction = {
    type: 'answer',
    status,
    when,
    ...(body === undefined ? {} : { body }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(headers === undefined ? {} : { headers }),
  }
  return fault(route, action, aim)
}

/** This status with a page of HTML, as a proxy in front of the vendor would send. */
export function answerHtml(route: Route, status: number, aim: Aim & { when?: Moment } = {}): Fault {
  return answer(route, status, { ...aim, body: HTML, contentType: 'text/html; charset=utf-8' })
}

/** 504 at once, and what was asked is done `afterMs` later (default: the mode `startExecutedAfterMs`). */
export function executeLater(route: Route, { afterMs, ...aim }: Aim & { afterMs?: number } = {}): Fault {
  const action: FaultAction = {
    type: 'answer',
    status: 504,
    body: HTML,
    contentType: 'text/html; charset=utf-8',
    when: 'later',
    ...(afterMs === undefined ? {} : { executeAfterMs: afterMs }),
  }
  return fault(route, action, aim)
}

/** 429; `retryAfter` is sent as it is when a string, as an HTTP date when a Date, as seconds when a number. */
export function rateLimit(
  route: Route,
  { retryAfter, ...aim }: Aim & { retryAfter?: number | string | Date } = {},
): Fault {
  const value = retryAfter instanceof Date ? retryAfter.toUTCString() : retryAfter
  return answer(route, 429, {
    ...aim,
    ...(value === undefined ? {} : { headers: { 'retry-after': String(value) } }),
  })
}

/** `insufficient_credits` under this status. */
export function refuseForCredits(route: Route, status = 402, aim: Aim = {}): Fault {
  const body = { error: { code: 'insufficient_credits', message: 'Not enough credits for this video' } }
  return answer(route, status, { ...aim, body })
}

/** A 2xx with a page of HTML; what was asked was done. */
export function notJson(route: Route, aim: Aim = {}): Fault {
  return answerHtml(route, 200, { ...aim, when: 'after' })
}

/** A 2xx whose JSON breaks off; what was asked was done. */
export function brokenJson(route: Route, aim: Aim = {}): Fault {
  return fault(route, { type: 'break-json' }, aim)
}

/** A 2xx without the job's id; what was asked was done. */
export function withoutId(route: Route, aim: Aim = {}): Fault {
  return fault(route, { type: 'change', omit: ['id', 'job_id'] }, aim)
}

/** The genuine answer with these fields replaced. */
export function show(route: Route, fields: Record<string, unknown>, aim: Aim = {}): Fault {
  return fault(route, { type: 'change', set: fields }, aim)
}

/** The first `polls` status answers of each job say this status, without progress or output. */
export function showStatus(status: string, polls = 1): Fault {
  const set = { status, progress: null, output_url: null, duration_seconds: null, error: null }
  return fault('status', { type: 'change', set }, { occurrence: { from: 1, to: polls }, perJob: true })
}

/** The job ends `failed` with this error, whatever its input. */
export function failJob(error: string | Record<string, unknown> = 'GPU worker lost', aim: Aim = {}): Fault {
  return fault('start', { type: 'job', fate: 'fails', error }, aim)
}

/** The job stays `processing` for ever. */
export function neverEnd(aim: Aim = {}): Fault {
  return fault('start', { type: 'job', fate: 'never-ends' }, aim)
}

/** The output URL answers 403, 404 or 410. */
export function deadOutput(status: 403 | 404 | 410 = 403, aim: Aim = {}): Fault {
  return answer('output', status, aim)
}

/** The job names an output on another origin. */
export function foreignOutput(origin: string, aim: Aim = { occurrence: ALWAYS }): Fault {
  return fault('status', { type: 'foreign-output', origin }, aim)
}

/** The output URL redirects. */
export function redirectOutput(location: string, aim: Aim = {}): Fault {
  return answer('output', 302, { ...aim, body: '', headers: { location } })
}

/** The transfer of the output ends half-way, against its announced length. */
export function cutOutput({ share = 0.5, ...aim }: Aim & { share?: number } = {}): Fault {
  return fault('output', { type: 'cut-output', share }, aim)
}

/** A complete transfer of a file that lacks its end. */
export function shortOutput({ share = 0.5, ...aim }: Aim & { share?: number } = {}): Fault {
  return fault('output', { type: 'short-output', share }, aim)
}

/** The genuine output under a `Content-Encoding` that encodes nothing. */
export function labelOutput(coding: string, aim: Aim = {}): Fault {
  return fault('output', { type: 'label-output', coding }, aim)
}

/** A complete output that is not what was bought, or that is and looks odd. */
export function otherOutput(flaw: OutputFlaw | OutputOddity, aim: Aim = {}): Fault {
  return fault('output', { type: 'other-output', flaw }, aim)
}

/** A webhook of a job that goes astray. */
export function oddWebhook(flaw: WebhookFlaw, aim: Aim = {}): Fault {
  return fault('webhook', { type: 'webhook', flaw }, aim)
}

/** A webhook that comes so many milliseconds late. */
export function lateWebhook(ms: number, aim: Aim = {}): Fault {
  return fault('webhook', { type: 'delay', ms, when: 'before' }, aim)
}

function fault(route: Route, action: FaultAction, aim: Aim): Fault {
  return { route, action, ...aim }
}
