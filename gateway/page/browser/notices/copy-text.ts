import type { TemplateResult } from 'lit'
import { html } from 'lit'

/** A text that people hand on, like an id, with a button that copies it. */
export function copyText(label: string, text: string): TemplateResult {
  return html`<span class="copy">
    <span class="copy-label">${label}</span> <code>${text}</code>
    <button type="button" class="quiet small" @click=${(event: Event) => copy(text, event.currentTarget)}>
      Copy<span class="unseen"> ${label}</span>
    </button>
  </span>`
}

async function copy(text: string, button: EventTarget | null): Promise<void> {
  if (!(button instanceof HTMLButtonElement)) return
  const said = button.firstChild
  try {
    await navigator.clipboard.writeText(text)
    if (said !== null) said.textContent = 'Copied'
  } catch {
    // Without a secure context there is no clipboard: the text is selected, and the keyboard copies it.
    const code = button.parentElement?.querySelector('code')
    if (code) getSelection()?.selectAllChildren(code)
    if (said !== null) said.textContent = 'Selected'
  }
  setTimeout(() => {
    if (said !== null) said.textContent = 'Copy'
  }, 2_000)
}
