import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import { ruleOf } from '../../../../domain/failures.ts'
import type { RemovalDocument } from '../../../../domain/removal-document.ts'
import { copyText } from '../notices/copy-text.ts'
import { withCode } from '../notices/with-code.ts'
import { moment } from '../words/amounts.ts'

/** How a person lets a parked removal go on. */
export type Resume = (answer: { as?: 'started' | 'not-started' }) => void

/** Why a removal stands still, what its operator can do, and the ways to go on. */
export function parkedNotice(
  { failure, parkedSince }: RemovalDocument,
  { resume, isBusy }: { resume: Resume; isBusy: boolean },
): TemplateResult | typeof nothing {
  if (failure === null) return nothing
  const { kind, userMessage, hint, requestId } = failure
  const wakesByItself = ruleOf(kind).wakes === 'time'
  return html`<div class="notice attention">
    <p class="notice-title">${userMessage}</p>
    ${kind === 'UnknownOutcome' ? unknownOutcome(resume, isBusy) : html`<p>${withCode(hereInstead(hint))}</p>${resumeButton(resume, isBusy, wakesByItself)}`}
    <p class="notice-facts">
      <span>${kind}${parkedSince === null ? nothing : html`, since ${moment(parkedSince)}`}</span>
      ${requestId === null ? nothing : copyText('vendor request', requestId)}
    </p>
  </div>`
}

/** Hints name the command that resumes; here a button does the same. */
function hereInstead(hint: string): string {
  return hint.replace(/run `matteflow resume [^`]*`/g, 'resume it')
}

function resumeButton(resume: Resume, isBusy: boolean, wakesByItself: boolean): TemplateResult {
  return html`<div class="actions">
    <button type="button" class="primary" ?disabled=${isBusy} @click=${() => resume({})}>
      ${isBusy ? 'Resuming …' : wakesByItself ? 'Try again now' : 'Resume'}
    </button>
    <span class="help">What was bought is not bought again.</span>
  </div>`
}

function unknownOutcome(resume: Resume, isBusy: boolean): TemplateResult {
  return html`<p>A start was sent and its answer got lost. Look at the job in the vendor's dashboard: was it started?</p>
    <div class="answers">
      <button type="button" ?disabled=${isBusy} @click=${() => resume({ as: 'started' })}>
        <span class="answer-name">It was started</span>
        <span class="answer-effect">It runs or was billed. We wait for it and collect the result; nothing more is bought.</span>
      </button>
      <button type="button" ?disabled=${isBusy} @click=${() => resume({ as: 'not-started' })}>
        <span class="answer-name">It was not started</span>
        <span class="answer-effect">It is an untouched draft. The start is sent again, which spends the credits; if it did run after all, they are spent twice.</span>
      </button>
    </div>
    <p class="help">Not sure? Wait: it is looked at from time to time, and goes on by itself when it moves.</p>`
}
