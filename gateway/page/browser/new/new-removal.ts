import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import { MAX_INPUT_BYTES } from '../../../../domain/container.ts'
import type { PricedQuote } from '../gateway/gateway.ts'
import { gateway } from '../gateway/gateway.ts'
import type { Problem } from '../gateway/problem.ts'
import { problemFrom } from '../gateway/problem.ts'
import { problemNotice } from '../notices/problem-notice.ts'
import { PageElement } from '../page-element.ts'
import { bytes, credits } from '../words/amounts.ts'
import type { ChosenFile } from './choose-file.ts'
import { addressFrom, fileFromTransfer } from './choose-file.ts'
import type { ChosenSource } from './chosen-source.ts'
import { sourceFacts, sourceName, sourcePicture } from './chosen-source.ts'
import { invitation } from './invitation.ts'
import { readLocalVideo } from './local-video.ts'
import { modelChoice } from './model-choice.ts'
import type { RemovalSettings } from './removal-settings.ts'
import type { ChosenBackground } from './settings-fields.ts'
import {
  backgroundField,
  formatField,
  PREVIEW_SECONDS,
  previewField,
  promptField,
} from './settings-fields.ts'

/** From a video to what is to be done with it, and what that costs, before anything is bought. */
export class NewRemoval extends PageElement {
  static override properties = {
    onChosen: { attribute: false },
    source: { state: true },
    settings: { state: true },
    background: { state: true },
    quote: { state: true },
    problem: { state: true },
    isDragging: { state: true },
    isBusy: { state: true },
  }

  /** Begins the removal. Rejects with the problem where that is not possible. */
  declare onChosen: (source: ChosenSource, settings: RemovalSettings) => Promise<void>
  declare private source: ChosenSource | null
  declare private settings: Omit<RemovalSettings, 'background'>
  declare private background: ChosenBackground
  declare private quote: PricedQuote | null
  declare private problem: Problem | null
  declare private isDragging: boolean
  declare private isBusy: boolean
  #pictureUrl: string | null = null
  /** The latest question for a price: earlier ones are answered to nobody. */
  #asked = 0

  constructor() {
    super()
    this.source = null
    this.settings = { model: 'original', outputFormat: 'webm' }
    this.background = { kind: 'transparent', color: '#ffffff', imageUrl: '' }
    this.quote = null
    this.problem = null
    this.isDragging = false
    this.isBusy = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    for (const name of ['dragenter', 'dragover', 'dragleave', 'drop'] as const)
      window.addEventListener(name, this.#onDrag)
    window.addEventListener('paste', this.#onPaste)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const name of ['dragenter', 'dragover', 'dragleave', 'drop'] as const)
      window.removeEventListener(name, this.#onDrag)
    window.removeEventListener('paste', this.#onPaste)
  }

  /** Anywhere on the page, so that nobody has to aim. */
  readonly #onDrag = (event: DragEvent): void => {
    event.preventDefault()
    this.isDragging = event.type === 'dragenter' || event.type === 'dragover'
    if (event.type === 'drop' && event.dataTransfer !== null) void this.#take(event.dataTransfer)
  }

  readonly #onPaste = (event: ClipboardEvent): void => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return
    if (event.clipboardData !== null) void this.#take(event.clipboardData)
  }

  async #take(transfer: DataTransfer): Promise<void> {
    const address = addressFrom(transfer.getData('text/plain'))
    const chosen = await fileFromTransfer(transfer)
    if (chosen !== null) await this.#choose(chosen)
    else if (address !== null) await this.#chooseLink(address)
  }

  async #choose(chosen: ChosenFile | null): Promise<void> {
    if (chosen === null) return
    this.#begin({ kind: 'file', ...chosen, video: null })
    const video = await readLocalVideo(chosen.file)
    if (this.source?.kind !== 'file' || this.source.file !== chosen.file) return
    if (video.picture !== null) this.#pictureUrl = URL.createObjectURL(video.picture)
    this.source = { ...this.source, video }
    await this.#askPrice()
  }

  async #chooseLink(url: string): Promise<void> {
    this.#begin({ kind: 'link', url })
    await this.#askPrice()
  }

  /** What was focused is gone: the keyboard goes on where the eye does. */
  #begin(source: ChosenSource): void {
    this.#startOver()
    this.source = source
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('.order-name')?.focus())
  }

  async #askPrice(): Promise<void> {
    const { source } = this
    const own = ++this.#asked
    if (source === null) return
    const length = source.kind === 'file' ? (source.video?.durationSeconds ?? null) : null
    if (source.kind === 'file' && length === null) return
    try {
      const wanted = this.settings.previewSeconds ?? Number.POSITIVE_INFINITY
      const quote = await gateway.quote(
        source.kind === 'link'
          ? { source: { url: source.url } }
          : { durationSeconds: Math.min(length ?? 0, wanted) },
      )
      if (own === this.#asked) this.quote = quote
    } catch (error) {
      if (own === this.#asked) this.problem = problemFrom(error, 'There is no price for this')
    }
  }

  #forgetPicture(): void {
    if (this.#pictureUrl !== null) URL.revokeObjectURL(this.#pictureUrl)
    this.#pictureUrl = null
  }

  #startOver(): void {
    // What was asked about the source before is answered to nobody.
    this.#asked += 1
    this.#forgetPicture()
    this.source = null
    this.quote = null
    this.problem = null
  }

  #set(change: Partial<Omit<RemovalSettings, 'background'>>): void {
    this.settings = { ...this.settings, ...change }
    if (this.settings.outputFormat === 'mp4' && this.background.kind === 'transparent')
      this.background = { ...this.background, kind: 'color' }
  }

  async #submit(event: Event): Promise<void> {
    event.preventDefault()
    const { source } = this
    if (source === null || this.isBusy) return
    this.isBusy = true
    this.problem = null
    const { textPrompt, ...rest } = this.settings
    const { kind, color, imageUrl } = this.background
    const background = kind === 'transparent' ? 'transparent' : kind === 'color' ? color : imageUrl
    const prompt = rest.model === 'pro' && textPrompt?.trim() ? { textPrompt } : {}
    try {
      await this.onChosen(source, { ...rest, ...prompt, background })
      this.#startOver()
    } catch (error) {
      this.problem = problemFrom(error, 'It could not be started')
    } finally {
      this.isBusy = false
    }
  }

  protected override render(): TemplateResult {
    if (this.source !== null) return this.#order(this.source)
    return html`
      ${invitation({
        isDragging: this.isDragging,
        onFile: (chosen) => void this.#choose(chosen),
        onLink: (url) => void this.#chooseLink(url),
      })}
      ${problemNotice(this.problem)}
    `
  }

  #order(source: ChosenSource): TemplateResult {
    const price = this.quote?.models.find(({ model }) => model === this.settings.model)
    const isTooLarge = source.kind === 'file' && source.file.size > MAX_INPUT_BYTES
    const isRefused = source.kind === 'link' && this.problem?.kind === 'InvalidInput'
    return html`<form class="order" @submit=${(event: Event) => this.#submit(event)}>
      <div class="order-source">
        ${sourcePicture(source, this.#pictureUrl)}
        <h2 class="order-name" tabindex="-1">${sourceName(source)}</h2>
        <p class="order-facts">${sourceFacts(source, this.quote)}</p>
        <button type="button" class="quiet small" @click=${() => this.#startOver()}>Choose another</button>
      </div>
      <div class="order-settings">
        ${modelChoice(this.settings.model, this.quote?.models ?? (this.#isLengthUnknown(source) ? [] : null), (model) => this.#set({ model }))}
        ${this.settings.model === 'pro' ? promptField(this.settings.textPrompt ?? '', (textPrompt) => this.#set({ textPrompt })) : nothing}
        <div class="row">
          ${formatField(this.settings.outputFormat, (outputFormat) => this.#set({ outputFormat }))}
          ${backgroundField(this.background, this.settings.outputFormat === 'mp4', (background) => (this.background = background))}
        </div>
        ${this.#isLongEnoughToTry(source) ? previewField(this.settings.previewSeconds !== undefined, (isPreview) => this.#setPreview(isPreview)) : nothing}
        ${isTooLarge ? html`<p class="notice bad" role="alert">The file has ${bytes(source.file.size)}; 500 MB are the most.</p>` : nothing}
        ${problemNotice(this.problem)}
        <div class="order-end">
          <button type="submit" class="primary" ?disabled=${this.isBusy || isTooLarge || isRefused}>
            ${this.isBusy ? 'Starting …' : 'Remove the background'}
          </button>
          ${isRefused ? nothing : html`<p class="order-price">${this.#priceWords(source, price?.credits)}</p>`}
        </div>
      </div>
    </form>`
  }

  #setPreview(isPreview: boolean): void {
    const { previewSeconds: _whole, ...rest } = this.settings
    this.settings = isPreview ? { ...rest, previewSeconds: PREVIEW_SECONDS } : rest
    void this.#askPrice()
  }

  #isLongEnoughToTry(source: ChosenSource): boolean {
    const seconds = source.kind === 'file' ? source.video?.durationSeconds : null
    return typeof seconds === 'number' && seconds > PREVIEW_SECONDS
  }

  #isLengthUnknown(source: ChosenSource): boolean {
    if (this.problem !== null) return true
    return source.kind === 'file' ? source.video !== null && source.video.durationSeconds === null : false
  }

  #priceWords(source: ChosenSource, price: number | undefined): TemplateResult | typeof nothing {
    const left = this.quote?.budgetLeft ?? null
    if (price === undefined)
      return this.#isLengthUnknown(source)
        ? html`Its length cannot be read, so that there is no price yet.`
        : nothing
    return html`<strong>${credits(price)}</strong>${left === null ? nothing : html`, of ${credits(left)} left`}.
      ${source.kind === 'file' ? 'Nothing has been uploaded yet.' : nothing}`
  }
}

customElements.define('new-removal', NewRemoval)
