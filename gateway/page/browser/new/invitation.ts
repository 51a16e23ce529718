import type { TemplateResult } from 'lit'
import { html } from 'lit'
import type { ChosenFile } from './choose-file.ts'
import { addressFrom, hasPicker, pickFile, VIDEO_FILES } from './choose-file.ts'

interface Invitation {
  /** Something is being dragged over the page. */
  isDragging: boolean
  onFile(chosen: ChosenFile | null): void
  onLink(url: string): void
}

/** The three ways to give a video: drop it, choose it, or name its address. */
export function invitation({ isDragging, onFile, onLink }: Invitation): TemplateResult {
  const pick = (event: Event): void => {
    if (!hasPicker()) return
    event.preventDefault()
    void pickFile().then(onFile)
  }
  const picked = (event: Event): void => {
    const [file] = (event.target as HTMLInputElement).files ?? []
    if (file !== undefined) onFile({ file, handle: null })
  }
  const named = (event: SubmitEvent): void => {
    event.preventDefault()
    const url = addressFrom((event.target as HTMLFormElement).querySelector('input')?.value ?? '')
    if (url !== null) onLink(url)
  }
  return html`
    <div class="drop ${isDragging ? 'over' : ''}">
      <div class="scene" aria-hidden="true"></div>
      <div class="drop-words">
        <p class="drop-title">
          ${isDragging ? 'Let it go' : html`<span class="by-mouse">Drop a video here</span><span class="by-touch">Bring a video</span>`}
        </p>
        <label class="file-button primary">
          <input type="file" accept=${VIDEO_FILES} @click=${pick} @change=${picked} />
          Choose a file
        </label>
        <p class="drop-limits">mp4, mov, webm or avi, up to 500 MB</p>
      </div>
    </div>
    <form class="link-form" @submit=${named}>
      <label for="link">Or a link to a video</label>
      <input id="link" name="url" type="url" inputmode="url" placeholder="https://" autocomplete="off" required pattern="https?://.+" />
      <button type="submit">Use this link</button>
    </form>
  `
}
