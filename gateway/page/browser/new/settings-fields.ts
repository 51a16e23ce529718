import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import type { OutputFormat } from '../../../../domain/request-values.ts'
import { OUTPUT_FORMATS } from '../../../../domain/request-values.ts'
import { FORMAT_WORDS } from './removal-settings.ts'

/** So much is processed where someone only wants to try. */
export const PREVIEW_SECONDS = 5

/** What goes behind the subject, with what was entered for the kinds that are not chosen at the moment. */
export interface ChosenBackground {
  kind: 'transparent' | 'color' | 'image'
  color: string
  imageUrl: string
}

const valueOf = (event: Event): string => (event.target as HTMLInputElement | HTMLSelectElement).value

/** What the model `pro` is to keep. */
export function promptField(text: string, onChange: (text: string) => void): TemplateResult {
  return html`<div class="field">
    <label for="prompt">What to keep</label>
    <input
      id="prompt"
      type="text"
      maxlength="1000"
      placeholder="woman in red coat, guitar"
      aria-describedby="prompt-help"
      .value=${text}
      @input=${(event: Event) => onChange(valueOf(event))}
    />
    <p id="prompt-help" class="help">Short nouns, separated by commas. Left empty, the model decides.</p>
  </div>`
}

export function formatField(chosen: OutputFormat, onChange: (format: OutputFormat) => void): TemplateResult {
  return html`<div class="field">
    <label for="format">Format</label>
    <select id="format" @change=${(event: Event) => onChange(valueOf(event) as OutputFormat)}>
      ${OUTPUT_FORMATS.map((format) => {
        const { name, about } = FORMAT_WORDS[format]
        return html`<option value=${format} ?selected=${format === chosen}>${name} – ${about}</option>`
      })}
    </select>
  </div>`
}

/** `isOpaque`: the format has no transparency. */
export function backgroundField(
  background: ChosenBackground,
  isOpaque: boolean,
  onChange: (background: ChosenBackground) => void,
): TemplateResult {
  const { kind, color, imageUrl } = background
  return html`<div class="field">
    <label for="behind">Background</label>
    <div class="behind">
      <select
        id="behind"
        @change=${(event: Event) => onChange({ ...background, kind: valueOf(event) as ChosenBackground['kind'] })}
      >
        <option value="transparent" ?disabled=${isOpaque} ?selected=${kind === 'transparent'}>Transparent</option>
        <option value="color" ?selected=${kind === 'color'}>A colour</option>
        <option value="image" ?selected=${kind === 'image'}>An image, by its link</option>
      </select>
      ${
        kind === 'color'
          ? html`<input
              type="color"
              aria-label="Colour of the background"
              .value=${color}
              @input=${(event: Event) => onChange({ ...background, color: valueOf(event) })}
            />`
          : nothing
      }
    </div>
    ${
      kind === 'image'
        ? html`<input
            type="url"
            required
            placeholder="https://"
            aria-label="Link to the image"
            .value=${imageUrl}
            @input=${(event: Event) => onChange({ ...background, imageUrl: valueOf(event) })}
          />`
        : nothing
    }
  </div>`
}

/** For videos that are longer than a try. */
export function previewField(isPreview: boolean, onChange: (isPreview: boolean) => void): TemplateResult {
  return html`<label class="check">
    <input
      type="checkbox"
      .checked=${isPreview}
      @change=${(event: Event) => onChange((event.target as HTMLInputElement).checked)}
    />
    Only the first ${PREVIEW_SECONDS} seconds, to try it
  </label>`
}
