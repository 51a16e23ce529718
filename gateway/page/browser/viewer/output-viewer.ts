import type { PropertyValues, TemplateResult } from 'lit'
import { html, nothing, svg } from 'lit'
import type { RemovalDocument } from '../../../../domain/removal-document.ts'
import { VIDEO_FILES } from '../new/choose-file.ts'
import { PageElement } from '../page-element.ts'
import { videoLength } from '../words/amounts.ts'
import type { Backdrop } from './backdrop.ts'
import { hang, PLAIN_BACKDROPS } from './backdrop.ts'
import { openOriginal, openOutput } from './open-player.ts'
import type { Player } from './player.ts'

/** How far the original may run ahead or behind before it is set right. */
const APART_SECONDS = 0.12

/** The result of a removal over a backdrop of one's choice, beside its original where that is at hand. */
export class OutputViewer extends PageElement {
  static override properties = {
    removal: { attribute: false },
    original: { attribute: false },
    canReopen: { attribute: false },
    onOriginal: { attribute: false },
    player: { state: true },
    beside: { state: true },
    backdrop: { state: true },
    cut: { state: true },
    failed: { state: true },
  }

  declare removal: RemovalDocument
  /** The file that the removal was made of. */
  declare original: File | null
  /** Whether the browser can open the original again without choosing. */
  declare canReopen: boolean
  /** Asks for the original: with a file that was chosen, or to open it again. */
  declare onOriginal: (chosen: File | null) => void
  declare private player: Player | null
  declare private beside: Player | null
  declare private backdrop: Backdrop
  declare private cut: number
  declare private failed: boolean
  #shownId = ''
  #shownOriginal: File | null = null

  constructor() {
    super()
    this.original = null
    this.canReopen = false
    this.player = null
    this.beside = null
    this.backdrop = { kind: 'checks' }
    this.cut = 50
    this.failed = false
  }

  protected override willUpdate(): void {
    if (this.removal.id !== this.#shownId) {
      this.#shownId = this.removal.id
      void this.#open(this.removal)
    }
    if (this.original !== this.#shownOriginal) {
      this.#shownOriginal = this.original
      void this.#openBeside(this.original)
    }
  }

  protected override updated(changes: PropertyValues): void {
    const stage = this.querySelector<HTMLElement>('.stage')
    if (stage === null) return
    hang(stage, this.backdrop)
    stage.style.setProperty('--cut', `${this.cut}%`)
    if (this.player !== null) stage.style.aspectRatio = `${this.player.width} / ${this.player.height}`
    if (
      changes.has('player') &&
      this.player !== null &&
      !matchMedia('(prefers-reduced-motion: reduce)').matches
    )
      this.player.controls?.play()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.player?.close()
    this.beside?.close()
    this.player = null
    this.beside = null
    this.#shownId = ''
    this.#shownOriginal = null
  }

  async #open(removal: RemovalDocument): Promise<void> {
    this.player?.close()
    this.player = null
    this.failed = false
    try {
      const player = await openOutput(removal)
      if (this.#shownId !== removal.id) return player.close()
      player.controls?.onChange(() => {
        this.#keepTogether()
        this.requestUpdate()
      })
      this.player = player
    } catch {
      this.failed = this.#shownId === removal.id
    }
  }

  async #openBeside(original: File | null): Promise<void> {
    this.beside?.close()
    this.beside = null
    if (original === null) return
    const player = await openOriginal(original)
    if (this.#shownOriginal !== original) return player?.close()
    this.beside = player
    this.#keepTogether()
  }

  #keepTogether(): void {
    const [result, original] = [this.player?.controls, this.beside?.controls]
    if (!original) return
    if (result && Math.abs(result.timeSeconds - original.timeSeconds) > APART_SECONDS)
      original.timeSeconds = Math.min(result.timeSeconds, original.durationSeconds)
    if (result?.isPaused === original.isPaused) return
    if (result?.isPaused === false) original.play()
    else original.pause()
  }

  protected override render(): TemplateResult {
    const { player, beside } = this
    return html`
      <div class="stage ${beside === null ? '' : 'split'}">
        <div class="stage-layer stage-result" role="img" aria-label="The result over ${this.#backdropName()}">
          ${player?.element ?? nothing}
        </div>
        ${player === null && !this.failed ? html`<p class="stage-word">Opening the result …</p>` : nothing}
        ${this.failed ? html`<p class="stage-word">The result cannot be shown here. The download works all the same.</p>` : nothing}
        ${beside === null ? nothing : this.#split(beside)}
      </div>
      <div class="viewer-bar">
        ${this.#transport()} ${this.#backdrops()}
        ${beside === null ? this.#compare() : nothing}
      </div>
      ${player?.note ? html`<p class="footnote">${player.note}</p>` : nothing}
    `
  }

  #split(beside: Player): TemplateResult {
    return html`
      <div class="stage-layer stage-original" role="img" aria-label="The original">${beside.element}</div>
      <div class="stage-line" aria-hidden="true"></div>
      <span class="stage-tag start" aria-hidden="true">Original</span>
      <span class="stage-tag end" aria-hidden="true">Result</span>
      <input
        class="stage-slider"
        type="range"
        min="0"
        max="100"
        step="1"
        aria-label="Compare the original with the result"
        aria-valuetext="${this.cut} % original, ${100 - this.cut} % result"
        .value=${String(this.cut)}
        @input=${(event: Event) => (this.cut = Number((event.target as HTMLInputElement).value))}
      />
    `
  }

  #transport(): TemplateResult | typeof nothing {
    const controls = this.player?.controls
    if (!controls) return nothing
    return html`<div class="transport">
      <button
        type="button"
        class="round"
        aria-label=${controls.isPaused ? 'Play' : 'Pause'}
        @click=${() => (controls.isPaused ? controls.play() : controls.pause())}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          ${controls.isPaused ? playShape : pauseShape}
        </svg>
      </button>
      <input
        type="range"
        min="0"
        max=${controls.durationSeconds}
        step="0.01"
        aria-label="Position in the video"
        aria-valuetext="${videoLength(controls.timeSeconds)} of ${videoLength(controls.durationSeconds)}"
        .value=${String(controls.timeSeconds)}
        @input=${(event: Event) => (controls.timeSeconds = Number((event.target as HTMLInputElement).value))}
      />
      ${
        controls.isMuted === null
          ? nothing
          : html`<button type="button" class="quiet small" aria-pressed=${!controls.isMuted} @click=${() => (controls.isMuted = !controls.isMuted)}>
              Sound
            </button>`
      }
    </div>`
  }

  #backdrops(): TemplateResult {
    const isShown = (kind: string): boolean => this.backdrop.kind === kind
    return html`<fieldset class="backdrops">
      <legend class="unseen">Show the result over</legend>
      ${PLAIN_BACKDROPS.map(
        ({ kind, name }) => html`<label class="swatch ${kind}" title=${name}>
          <input type="radio" name="backdrop" .checked=${isShown(kind)} @change=${() => (this.backdrop = { kind })} />
          <span class="unseen">${name}</span>
        </label>`,
      )}
      <label class="swatch any ${isShown('color') ? 'on' : ''}" title="A colour of your own">
        <input
          type="color"
          value="#d8c9b0"
          aria-label="A colour of your own"
          @input=${(event: Event) => (this.backdrop = { kind: 'color', color: (event.target as HTMLInputElement).value })}
        />
      </label>
      <label class="file-button small ${isShown('picture') ? 'on' : ''}">
        <input type="file" accept="image/*" @change=${(event: Event) => this.#hangPicture(event)} />
        Image
      </label>
    </fieldset>`
  }

  #compare(): TemplateResult {
    if (this.canReopen)
      return html`<button type="button" class="quiet small compare" @click=${() => this.onOriginal(null)}>
        Compare with the original
      </button>`
    return html`<label class="file-button small compare">
      <input
        type="file"
        accept=${VIDEO_FILES}
        @change=${(event: Event) => this.onOriginal((event.target as HTMLInputElement).files?.[0] ?? null)}
      />
      Compare with the original
    </label>`
  }

  #hangPicture(event: Event): void {
    const [file] = (event.target as HTMLInputElement).files ?? []
    if (file === undefined) return
    if (this.backdrop.kind === 'picture') URL.revokeObjectURL(this.backdrop.url)
    this.backdrop = { kind: 'picture', url: URL.createObjectURL(file) }
  }

  #backdropName(): string {
    const { kind } = this.backdrop
    if (kind === 'checks') return 'a checkerboard'
    return kind === 'picture' || kind === 'color'
      ? `a ${kind === 'color' ? 'colour' : kind} of your own`
      : kind
  }
}

const playShape = svg`<path d="M4 2.5v11l9.5-5.5z" />`
const pauseShape = svg`<path d="M4 2.5h3v11H4zM9.5 2.5h3v11h-3z" />`

customElements.define('output-viewer', OutputViewer)
