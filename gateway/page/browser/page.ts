import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import type { Removal, Session } from './gateway/gateway.ts'
import { gateway } from './gateway/gateway.ts'
import type { Problem } from './gateway/problem.ts'
import { problemFrom } from './gateway/problem.ts'
import type { ChosenSource } from './new/chosen-source.ts'
import './new/new-removal.ts'
import type { RemovalSettings } from './new/removal-settings.ts'
import { problemNotice } from './notices/problem-notice.ts'
import { PageElement } from './page-element.ts'
import { randomText } from './random-text.ts'
import { InputsAtHand } from './removals/inputs-at-hand.ts'
import { RemovalBook } from './removals/removal-book.ts'
import { removalList } from './removals/removal-list.ts'
import './removals/removal-view.ts'
import './session/sign-in.ts'
import { Follows } from './store.ts'
import { uploadList } from './uploads/upload-list.ts'
import { UploadQueue } from './uploads/upload-queue.ts'
import { credits } from './words/amounts.ts'
import { stateWords } from './words/state-words.ts'

/** The whole page: a new removal or the one that the address names, what is on its way, and what there was. */
export class MatteflowPage extends PageElement {
  static override properties = {
    session: { state: true },
    spent: { state: true },
    problem: { state: true },
    shownId: { state: true },
    isReading: { state: true },
  }

  /** Null until the gateway has answered. */
  declare private session: Session | null
  /** Credits of this month; null where the gateway does not say. */
  declare private spent: { spent: number; reserved: number } | null
  declare private problem: Problem | null
  declare private shownId: string | null
  declare private isReading: boolean

  readonly #book = new RemovalBook()
  readonly #inputs = new InputsAtHand()
  readonly #uploads = new UploadQueue((removal, { picture, handle }, file) => {
    this.#inputs.add({ removalId: removal.id, picture, handle }, file)
    this.#begun(removal)
  })
  /** How each removal stood, to say so when it changes. */
  readonly #said = new Map<string, string>()

  constructor() {
    super()
    this.session = null
    this.spent = null
    this.problem = null
    this.shownId = null
    this.isReading = false
    new Follows(this, this.#book, this.#inputs, this.#uploads)
    this.#book.subscribe(() => this.#announce())
  }

  override connectedCallback(): void {
    // What the document shows until the scripts are there.
    this.replaceChildren()
    super.connectedCallback()
    window.addEventListener('hashchange', this.#onHash)
    void this.#open()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    window.removeEventListener('hashchange', this.#onHash)
  }

  async #open(): Promise<void> {
    this.problem = null
    try {
      await this.#enter(await gateway.session())
    } catch (error) {
      this.problem = problemFrom(error)
    }
  }

  readonly #enter = async (session: Session): Promise<void> => {
    this.session = session
    if (needsSignIn(session)) return
    await Promise.all([this.#inputs.restore(), this.#uploads.restore(), this.#readMore(), this.#readUsage()])
    this.#onHash()
  }

  async #signOut(): Promise<void> {
    await gateway.signOut().catch(() => {})
    this.#book.clear()
    this.spent = null
    if (this.session !== null) this.session = { ...this.session, project: null }
  }

  readonly #onHash = (): void => {
    const id = decodeURIComponent(location.hash.slice(1))
    this.shownId = id === '' ? null : id
    this.problem = null
    if (id === '') return
    void this.#book.read(id).then(
      () => this.updateComplete.then(() => this.querySelector<HTMLElement>('#removal-name')?.focus()),
      (error: unknown) => {
        this.problem = this.#problem(error, 'This removal cannot be shown')
      },
    )
  }

  async #readMore(): Promise<void> {
    this.isReading = true
    try {
      await this.#book.readMore()
    } catch (error) {
      this.problem = this.#problem(error, 'The list of removals cannot be read')
    } finally {
      this.isReading = false
    }
  }

  async #readUsage(): Promise<void> {
    const month = new Date().toISOString().slice(0, 7)
    this.spent = await gateway.creditsSince(`${month}-01`).catch(() => null)
  }

  /** A session that has run out leads back to the token. */
  #problem(error: unknown, title: string): Problem | null {
    const problem = problemFrom(error, title)
    if (problem.status === 401 && this.session !== null) {
      this.session = { ...this.session, project: null }
      return null
    }
    return problem
  }

  readonly #onChosen = async (source: ChosenSource, settings: RemovalSettings): Promise<void> => {
    if (source.kind === 'file') {
      const { file, handle, video } = source
      this.#uploads.add({ file, handle, picture: video?.picture ?? null, settings })
      // What is going on now lies further down, on a phone out of sight, and is there with the next frame.
      requestAnimationFrame(() => this.querySelector<HTMLElement>('#uploads')?.focus())
      return
    }
    this.#begun(await this.#startLink(source.url, settings))
  }

  /** The keys of links whose start was asked for and is not known to have come to anything. */
  readonly #linkKeys = new Map<string, string>()

  /** A start whose response was lost is asked for again by the same key, so that it is the same removal. */
  async #startLink(url: string, settings: RemovalSettings): Promise<Removal> {
    const asked = JSON.stringify([url, settings])
    const key = this.#linkKeys.get(asked) ?? `page-${randomText()}`
    this.#linkKeys.set(asked, key)
    const removal = await gateway.start(key, { url }, settings)
    this.#linkKeys.delete(asked)
    return removal
  }

  #onChanged(removal: Removal): void {
    this.#book.put(removal)
    if (removal.deletedAt !== null) void this.#inputs.forget(removal.id)
  }

  #begun(removal: Removal): void {
    this.#book.put(removal)
    location.hash = removal.id
  }

  /** Tells those who cannot see it that something has changed. */
  #announce(): void {
    for (const removal of this.#book.all) {
      const words = stateWords(removal)
      const before = this.#said.get(removal.id)
      this.#said.set(removal.id, words)
      if (before === undefined || before === words) continue
      const log = this.querySelector('.announcements')
      if (log !== null) log.textContent = `${removal.input?.source ?? removal.id}: ${words}`
      if (removal.finishedAt !== null) void this.#readUsage()
    }
  }

  protected override render(): TemplateResult {
    const { session } = this
    return html`
      ${this.#header()}
      <main id="main">
        ${problemNotice(this.problem, html`<button type="button" class="small" @click=${() => this.#open()}>Try again</button>`)}
        ${session !== null && needsSignIn(session) ? html`<sign-in .onSession=${this.#enter}></sign-in>` : session === null ? nothing : this.#work(session)}
      </main>
      <div class="announcements unseen" role="status" aria-live="polite"></div>
    `
  }

  #header(): TemplateResult {
    const month = new Date().toLocaleString('en', { month: 'long' })
    return html`<header class="top">
      <a class="wordmark" href="#" aria-label="matteflow, start page"><span class="mark" aria-hidden="true"></span>matteflow</a>
      ${this.spent === null ? nothing : html`<p class="usage"><span class="figure">${credits(this.spent.spent)}</span> used in ${month}${this.spent.reserved > 0 ? html`, <span class="figure">${credits(this.spent.reserved)}</span> held` : nothing}</p>`}
      ${
        this.session === null || this.session.project === null
          ? nothing
          : html`<p class="who">${this.session.project} <button type="button" class="quiet small" @click=${() => this.#signOut()}>Sign out</button></p>`
      }
    </header>`
  }

  #work({ temporalUiUrl }: Session): TemplateResult {
    const shown = this.shownId === null ? undefined : this.#book.find(this.shownId)
    return html`
      ${shown === undefined ? this.#start() : this.#removal(shown, temporalUiUrl)}
      ${this.#uploads.all.length === 0 ? nothing : html`<section aria-labelledby="uploads"><h2 id="uploads" tabindex="-1">On its way</h2>${uploadList(this.#uploads, ({ kept }) => this.#inputs.urlOf(kept.picture))}</section>`}
      ${this.#past(temporalUiUrl)}
    `
  }

  #start(): TemplateResult {
    return html`<section class="start" aria-labelledby="start">
      <h1 id="start">Remove the background of a video</h1>
      <new-removal .onChosen=${this.#onChosen}></new-removal>
    </section>`
  }

  #removal(shown: Removal, temporalUiUrl: string | null): TemplateResult {
    return html`<section aria-labelledby="removal-name">
      <p class="back"><a href="#">New removal</a></p>
      <removal-view
        .removal=${shown}
        .pictureUrl=${this.#inputs.pictureOf(shown.id)}
        .original=${this.#inputs.fileOf(shown.id)}
        .canReopen=${this.#inputs.canReopen(shown.id)}
        .onOriginal=${(chosen: File | null) => void this.#inputs.open(shown.id, chosen)}
        .onChanged=${(removal: Removal) => this.#onChanged(removal)}
        .temporalUiUrl=${temporalUiUrl}
      ></removal-view>
    </section>`
  }

  #past(temporalUiUrl: string | null): TemplateResult | typeof nothing {
    const removals = this.#book.all
    if (removals.length === 0) return nothing
    return html`<section aria-labelledby="past">
      <h2 id="past">Removals</h2>
      ${removalList(removals, { pictureOf: (id) => this.#inputs.pictureOf(id), shownId: this.shownId, temporalUiUrl })}
      ${this.#book.isComplete ? nothing : html`<p class="actions"><button type="button" ?disabled=${this.isReading} @click=${() => this.#readMore()}>Older ones</button></p>`}
    </section>`
  }
}

function needsSignIn({ needsToken, project }: Session): boolean {
  return needsToken && project === null
}

customElements.define('matteflow-page', MatteflowPage)
