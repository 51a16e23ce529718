import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import type { Problem } from '../gateway/problem.ts'
import { sentence } from '../words/sentence.ts'
import { copyText } from './copy-text.ts'

/** What went wrong with something that was asked of the gateway, and the id under which its log has it. */
export function problemNotice(
  problem: Problem | null,
  action?: TemplateResult,
): TemplateResult | typeof nothing {
  if (problem === null) return nothing
  const { title, message, requestId } = problem
  return html`<div class="notice bad" role="alert">
    <p class="notice-title">${title}</p>
    ${message === '' || message === title ? nothing : html`<p>${sentence(message)}</p>`}
    ${requestId === null ? nothing : html`<p>${copyText('request', requestId)}</p>`}
    ${action === undefined ? nothing : html`<div class="actions">${action}</div>`}
  </div>`
}
