import type { TemplateResult } from 'lit'
import { html } from 'lit'

/** A sentence whose commands stand in backticks, as the gateway writes hints. */
export function withCode(sentence: string): TemplateResult[] {
  return sentence
    .split('`')
    .map((part, index) => (index % 2 === 0 ? html`${part}` : html`<code>${part}</code>`))
}
