import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import type { Quote } from '../../../../domain/quote.ts'
import type { Model } from '../../../../domain/request-values.ts'
import { MODELS } from '../../../../domain/request-values.ts'
import { credits, roughTime } from '../words/amounts.ts'
import { MODEL_WORDS } from './removal-settings.ts'

/** Every model with what it is for, how long it takes and what it costs for this video. */
export function modelChoice(
  chosen: Model,
  quotes: Quote['models'] | null,
  choose: (model: Model) => void,
): TemplateResult {
  return html`<fieldset class="models">
    <legend>Model</legend>
    ${MODELS.map((model) => {
      const { name, about } = MODEL_WORDS[model]
      const quote = quotes?.find((one) => one.model === model)
      return html`<label class="model">
        <input type="radio" name="model" value=${model} .checked=${model === chosen} @change=${() => choose(model)} />
        <span class="model-name">${name}</span>
        <span class="model-about">${about}</span>
        <span class="model-time">${quote === undefined ? nothing : roughTime(quote.expectedSeconds)}</span>
        <span class="model-price">${quote === undefined ? (quotes === null ? '…' : '–') : credits(quote.credits)}</span>
      </label>`
    })}
  </fieldset>`
}
