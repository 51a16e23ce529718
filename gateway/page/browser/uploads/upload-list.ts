import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { VIDEO_FILES } from '../new/choose-file.ts'
import { problemNotice } from '../notices/problem-notice.ts'
import { bytes, percent } from '../words/amounts.ts'
import type { UploadQueue, UploadState } from './upload-queue.ts'

const STAGE_WORDS: Record<UploadState['stage'], string> = {
  reading: 'Reading the file',
  sending: 'Uploading',
  starting: 'Starting',
  stopped: 'Interrupted',
  failed: 'Interrupted',
}

/** The uploads on their way, and those that an earlier visit has left: each goes on where it was. */
export function uploadList(
  queue: UploadQueue,
  pictureOf: (upload: UploadState) => string | null,
): TemplateResult {
  return html`<ul class="list uploads">
    ${repeat(
      queue.all,
      ({ kept }) => kept.key,
      (upload) => row(upload, queue, pictureOf(upload)),
    )}
  </ul>`
}

function row(upload: UploadState, queue: UploadQueue, pictureUrl: string | null): TemplateResult {
  const { kept, stage, share, problem } = upload
  const isStill = stage === 'stopped' || stage === 'failed'
  return html`<li class="item">
    ${pictureUrl === null ? html`<div class="thumb"></div>` : html`<img class="thumb" src=${pictureUrl} alt="" width="96" height="54" />`}
    <div class="item-words">
      <p class="item-name">${kept.fileName}</p>
      <p class="item-facts">${stage === 'sending' || isStill ? html`${bytes(share * kept.sizeBytes)} of ${bytes(kept.sizeBytes)}` : bytes(kept.sizeBytes)}</p>
    </div>
    <p class="state ${isStill ? 'attention' : 'running'}">
      ${STAGE_WORDS[stage]} ${stage === 'starting' ? nothing : html`<span class="figure">${percent(share)}</span>`}
    </p>
    <div class="item-actions">
      ${isStill ? continueButton(upload, queue) : nothing}
      <button type="button" class="quiet small" @click=${() => queue.cancel(kept.key)}>${isStill ? 'Discard' : 'Cancel'}<span class="unseen"> the upload of ${kept.fileName}</span></button>
    </div>
    <div class="item-more">
      <progress aria-label="${STAGE_WORDS[stage]}: ${kept.fileName}" max="1" .value=${share}></progress>
      ${stage === 'stopped' ? html`<p class="help">${queue.hasFile(kept.key) ? 'The upload stopped when the page was left. What was sent is kept for a day.' : 'The upload stopped when the page was left. Choose the same file again, and only the rest is sent: what was sent is kept for a day.'}</p>` : nothing}
      ${problemNotice(problem)}
    </div>
  </li>`
}

function continueButton({ kept }: UploadState, queue: UploadQueue): TemplateResult {
  if (queue.hasFile(kept.key))
    return html`<button type="button" class="small" @click=${() => queue.resume(kept.key)}>
      Continue<span class="unseen"> the upload of ${kept.fileName}</span>
    </button>`
  return html`<label class="file-button small">
    <input
      type="file"
      accept=${VIDEO_FILES}
      @change=${(event: Event) => {
        const [file] = (event.target as HTMLInputElement).files ?? []
        if (file !== undefined) void queue.resume(kept.key, file)
      }}
    />
    Choose the file<span class="unseen"> ${kept.fileName} again</span>
  </label>`
}
