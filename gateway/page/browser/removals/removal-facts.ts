import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import type { RemovalDocument } from '../../../../domain/removal-document.ts'
import { FORMAT_WORDS, MODEL_WORDS } from '../new/removal-settings.ts'
import { copyText } from '../notices/copy-text.ts'
import { bytes, credits, moment, videoLength } from '../words/amounts.ts'

/** The name of a removal's video; its id where none is known. */
export function nameOf({ id, input }: RemovalDocument): string {
  return input?.source.split('/').at(-1) || id
}

/** What a removal cost; what it is expected to cost while nobody knows. */
export function costOf({ credits: { charged, estimated }, state }: RemovalDocument): string | null {
  if (charged !== null) return credits(charged)
  if (estimated === null || state === 'failed') return null
  return `${credits(estimated)}, estimated`
}

/** The address of a removal's own workflow in Temporal's page. */
export function temporalLink(uiUrl: string | null, { temporal }: RemovalDocument): string | null {
  if (uiUrl === null || temporal === null) return null
  const { namespace, workflowId, runId } = temporal
  const path = [namespace, 'workflows', workflowId, runId].map(encodeURIComponent).join('/')
  return `${uiUrl.replace(/\/$/, '')}/namespaces/${path}`
}

/** Everything that is known about a removal, for whoever wants to know. */
export function removalFacts(removal: RemovalDocument, temporalUiUrl: string | null): TemplateResult {
  const { id, requested, served, input, output, createdAt, finishedAt, vendorJobs } = removal
  const variant = served ?? requested
  const isSubstitute = served !== null && requested !== null && served.model !== requested.model
  const cost = costOf(removal)
  const link = temporalLink(temporalUiUrl, removal)
  const rows: (readonly [string, unknown] | null)[] = [
    variant === null
      ? null
      : [
          'Model',
          `${MODEL_WORDS[variant.model].name}${isSubstitute ? `, instead of ${MODEL_WORDS[requested.model].name}` : ''}`,
        ],
    variant === null ? null : ['Format', FORMAT_WORDS[variant.outputFormat].name],
    cost === null ? null : ['Cost', cost],
    input?.durationSeconds ? ['Length', videoLength(input.durationSeconds)] : null,
    output === null ? null : ['Result', `${bytes(output.bytes)}${output.hasAlpha ? ', transparent' : ''}`],
    createdAt === null ? null : ['Begun', moment(createdAt)],
    finishedAt === null ? null : ['Ended', moment(finishedAt)],
    ['Removal', copyText('id', id)],
    ...(vendorJobs ?? []).map((job) => ['Vendor job', copyText('vendor job', job.id)] as const),
    link === null
      ? null
      : ['Workflow', html`<a href=${link} target="_blank" rel="noreferrer">Open in Temporal</a>`],
  ]
  return html`<dl class="facts">
    ${rows.map((row) => (row === null ? nothing : html`<div><dt>${row[0]}</dt><dd>${row[1]}</dd></div>`))}
  </dl>`
}
