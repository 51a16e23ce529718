import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import type { RemovalDocument } from '../../../../domain/removal-document.ts'
import { isFinal, servedFormat } from '../../../../domain/removal-document.ts'
import type { Removal } from '../gateway/gateway.ts'
import { addresses, gateway } from '../gateway/gateway.ts'
import type { Problem } from '../gateway/problem.ts'
import { problemFrom } from '../gateway/problem.ts'
import { FORMAT_WORDS } from '../new/removal-settings.ts'
import { copyText } from '../notices/copy-text.ts'
import { problemNotice } from '../notices/problem-notice.ts'
import { withCode } from '../notices/with-code.ts'
import { PageElement } from '../page-element.ts'
import { bytes, moment, percent, roughTime } from '../words/amounts.ts'
import { sentence } from '../words/sentence.ts'
import { stateTone, stateWords } from '../words/state-words.ts'
import { parkedNotice } from './parked-notice.ts'
import { nameOf, removalFacts } from './removal-facts.ts'
import '../viewer/output-viewer.ts'

/** One removal: how it goes, what is in its way, and what came of it. */
export class RemovalView extends PageElement {
  static override properties = {
    removal: { attribute: false },
    pictureUrl: { attribute: false },
    original: { attribute: false },
    canReopen: { attribute: false },
    onOriginal: { attribute: false },
    onChanged: { attribute: false },
    temporalUiUrl: { attribute: false },
    isBusy: { state: true },
    isSure: { state: true },
    problem: { state: true },
  }

  declare removal: Removal
  declare pictureUrl: string | null
  declare original: File | null
  declare canReopen: boolean
  declare onOriginal: (chosen: File | null) => void
  /** Hears of the document that an action led to. */
  declare onChanged: (removal: Removal) => void
  declare temporalUiUrl: string | null
  declare private isBusy: boolean
  /** Whether cancelling or deleting was asked for once, and waits to be confirmed. */
  declare private isSure: boolean
  declare private problem: Problem | null
  #shownId = ''

  constructor() {
    super()
    this.pictureUrl = null
    this.original = null
    this.canReopen = false
    this.temporalUiUrl = null
    this.isBusy = false
    this.isSure = false
    this.problem = null
  }

  protected override willUpdate(): void {
    if (this.removal.id === this.#shownId) return
    this.#shownId = this.removal.id
    this.problem = null
    this.isSure = false
  }

  async #act(title: string, action: () => Promise<Removal>): Promise<void> {
    this.isBusy = true
    this.problem = null
    try {
      this.onChanged(await action())
    } catch (error) {
      this.problem = problemFrom(error, title)
    } finally {
      this.isBusy = false
      this.isSure = false
    }
  }

  protected override render(): TemplateResult {
    const { removal } = this
    return html`<article>
      <header class="removal-head">
        <div>
          <h1 id="removal-name" tabindex="-1">${nameOf(removal)}</h1>
          <p class="state ${stateTone(removal)}">${stateWords(removal)}</p>
        </div>
        ${removal.state === 'succeeded' && !removal.deletedAt ? this.#download() : nothing}
      </header>
      ${removal.deletedAt ? deletedNotice(removal.deletedAt) : removal.state === 'succeeded' ? this.#result() : this.#waiting()}
      ${problemNotice(this.problem)}
      ${removalFacts(removal, this.temporalUiUrl)}
      ${isFinal(removal.state) && !removal.deletedAt ? this.#delete() : nothing}
    </article>`
  }

  #download(): TemplateResult {
    const { id, output } = this.removal
    const { name } = FORMAT_WORDS[servedFormat(this.removal)]
    const size = output === null ? nothing : html`<span class="button-fact">${bytes(output.bytes)}</span>`
    return html`<a class="button primary" href=${addresses.download(id)} download>Download ${name} ${size}</a>`
  }

  #result(): TemplateResult {
    const { output, served } = this.removal
    return html`
      <output-viewer
        .removal=${this.removal}
        .original=${this.original}
        .canReopen=${this.canReopen}
        .onOriginal=${this.onOriginal}
      ></output-viewer>
      ${(output?.warnings ?? []).map(
        ({ message }) =>
          html`<p class="notice attention">Have a look before you use it: ${sentence(message)}</p>`,
      )}
      ${
        served === null || served.why === 'requested'
          ? nothing
          : html`<p class="notice attention">It was served instead of what was asked: ${served.why}.</p>`
      }
    `
  }

  #waiting(): TemplateResult {
    const { state, failure, vendorJob, outage } = this.removal
    return html`
      ${this.pictureUrl === null ? nothing : html`<div class="stage waiting"><img src=${this.pictureUrl} alt="A frame of the original" /></div>`}
      ${isFinal(state) || state === 'parked' ? nothing : this.#progress()}
      ${outage === null || state === 'parked' ? nothing : html`<p class="help">${sentence(outage.message)} Tried ${outage.attempts === 1 ? 'once' : `${outage.attempts} times`}, ${outage.nextTryAt === null ? 'trying now' : `next at ${moment(outage.nextTryAt)}`}.</p>`}
      ${state === 'parked' ? parkedNotice(this.removal, { isBusy: this.isBusy, resume: (answer) => void this.#act('It could not be resumed', () => gateway.resume(this.removal.id, answer)) }) : nothing}
      ${state === 'failed' && failure !== null ? failedNotice(failure) : nothing}
      ${state === 'cancelled' ? html`<p class="notice">${cancelledWords(vendorJob)}</p>` : nothing}
      ${isFinal(state) ? nothing : this.#cancel()}
    `
  }

  #progress(): TemplateResult {
    const { expectedEndAt = null } = this.removal
    const share = shareDone(this.removal)
    const leftSeconds = expectedEndAt === null ? null : (Date.parse(expectedEndAt) - Date.now()) / 1_000
    return html`<div class="progress-line">
      ${
        share === null
          ? html`<progress aria-label="Progress"></progress>`
          : html`<progress aria-label="Progress" max="1" .value=${share}></progress>`
      }
      <span>${share === null ? nothing : percent(share)}</span>
    </div>
    ${leftSeconds === null ? nothing : html`<p class="help">${sentence(leftSeconds < 5 ? 'almost there' : `${roughTime(leftSeconds)} left`)} You can leave the page: it goes on without you.</p>`}`
  }

  #delete(): TemplateResult {
    if (!this.isSure)
      return html`<p class="actions"><button type="button" class="quiet small" @click=${() => (this.isSure = true)}>Delete its files</button></p>`
    return html`<div class="notice" role="alert">
      <p>The result and everything else that is kept of the video goes, for good. How it went and what it cost stays known.</p>
      <div class="actions">
        <button type="button" class="danger" ?disabled=${this.isBusy} @click=${() => this.#act('The files could not be deleted', () => gateway.delete(this.removal.id))}>
          ${this.isBusy ? 'Deleting …' : 'Delete them'}
        </button>
        <button type="button" class="quiet" @click=${() => (this.isSure = false)}>Keep them</button>
      </div>
    </div>`
  }

  #cancel(): TemplateResult {
    const { id, state } = this.removal
    if (!this.isSure)
      return html`<p class="actions"><button type="button" class="quiet" @click=${() => (this.isSure = true)}>Cancel the removal</button></p>`
    return html`<div class="notice" role="alert">
      <p>${cancelWords(state)}</p>
      <div class="actions">
        <button type="button" class="danger" ?disabled=${this.isBusy} @click=${() => this.#act('It could not be cancelled', () => gateway.cancel(id))}>
          ${this.isBusy ? 'Cancelling …' : 'Cancel it'}
        </button>
        <button type="button" class="quiet" @click=${() => (this.isSure = false)}>Let it go on</button>
      </div>
    </div>`
  }
}

/** Of the step it is in: the vendor's own progress, or what a transfer has moved. Null where neither is known. */
function shareDone({ progress, transfer }: RemovalDocument): number | null {
  if (progress !== null) return progress / 100
  return transfer?.totalBytes ? Math.min(1, transfer.bytes / transfer.totalBytes) : null
}

function deletedNotice(deletedAt: string): TemplateResult {
  return html`<p class="notice">Its files were deleted, ${moment(deletedAt)}. How it went and what it cost stays known.</p>`
}

function failedNotice({
  userMessage,
  hint,
  kind,
  requestId,
  message,
}: NonNullable<RemovalDocument['failure']>): TemplateResult {
  return html`<div class="notice bad">
    <p class="notice-title">${userMessage}</p>
    <p>${withCode(hint)}</p>
    <details><summary>What happened</summary><p>${sentence(message)}</p></details>
    <p class="notice-facts"><span>${kind}</span>${requestId === null ? nothing : copyText('vendor request', requestId)}</p>
  </div>`
}

/** What cancelling leads to; where a start may be under way, nobody here knows whether it was taken. */
function cancelWords(state: RemovalDocument['state']): string {
  switch (state) {
    case 'processing':
    case 'retrieving':
      return 'The vendor knows no cancelling: what was started runs and bills to its end, and its result is not collected.'
    case 'starting':
    case 'parked':
      return 'The vendor knows no cancelling: if it was started, it runs and bills to its end, and its result is not collected.'
    default:
      return 'Nothing has been bought yet, as far as is known here.'
  }
}

function cancelledWords(vendorJob: RemovalDocument['vendorJob']): string {
  switch (vendorJob) {
    case 'running':
      return 'It was cancelled after its start: the vendor’s job runs and bills to its end.'
    case 'unknown':
      return 'It was cancelled while its start was in doubt: the vendor’s job may run and bill to its end.'
    default:
      return 'It was cancelled before anything was bought.'
  }
}

customElements.define('removal-view', RemovalView)
