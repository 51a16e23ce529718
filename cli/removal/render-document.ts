import { wordsFrom } from '../../domain/duration.ts'
import { ruleOf } from '../../domain/failures.ts'
import type { RemovalDocument, VendorJobLeft } from '../../domain/removal-document.ts'
import { visibleText } from '../../domain/visible-text.ts'

/** Where a removal's history can be read in the Temporal UI; null where that is not known. */
export function uiLink(document: RemovalDocument, uiAddress: string | null): string | null {
  if (uiAddress === null || document.temporal === null) return null
  const { namespace, workflowId, runId } = document.temporal
  return `${uiAddress}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`
}

/** A removal as a few lines for people: what it is, how it stands, what it cost. */
export function documentLines(document: RemovalDocument, uiAddress: string | null): string[] {
  const { requested, output, failure, vendorJobs, input, refusedOutput } = document
  const link = uiLink(document, uiAddress)
  return [
    line('id', document.id),
    line('state', document.state + (document.progress === null ? '' : ` ${Math.round(document.progress)} %`)),
    line(
      'input',
      input && [input.source, seconds(input.durationSeconds), bytes(input.bytes)].filter(Boolean).join(', '),
    ),
    line(
      'requested',
      requested && `${requested.model} ${requested.outputFormat}, ${backgroundWords(requested.background)}`,
    ),
    line(
      'vendor job',
      vendorJobs?.map(({ id, state }) => (state === null ? id : `${id} (${state})`)).join(', '),
    ),
    line('credits', creditWords(document)),
    line(
      'output',
      output && `${output.location}, ${bytes(output.bytes)}${output.hasAlpha ? ', transparent' : ''}`,
    ),
    ...warningLines(document).map((text) => line('warning', text)),
    line('refused', refusedOutput && `${refusedOutput.location}, ${bytes(refusedOutput.bytes)}`),
    line('failure', failure && `${failure.kind}: ${failure.message}`),
    line('hint', failure?.hint),
    line('still trying', outageWords(document)),
    line('parked', document.parkedSince && `${ageOf(document.parkedSince)}, since ${document.parkedSince}`),
    line('at the vendor', document.vendorJob && `vendor job: ${document.vendorJob}`),
    line('project', document.project),
    line('created', document.createdAt),
    line('finished', document.finishedAt),
    line(
      'deleted',
      document.deletedAt && `${document.deletedAt}: output, refused files, input and exchanges`,
    ),
    line('Temporal', link),
  ].filter((text) => text !== null)
}

/** What there is doubt about in an output that was delivered. */
export function warningLines({ output }: RemovalDocument): string[] {
  return (output?.warnings ?? []).map(({ code, message }) => `${code}: ${message}`)
}

/** How long something has lasted that began at an ISO time. */
export function ageOf(since: string): string {
  return wordsFrom(Math.max(0, Date.now() - Date.parse(since)))
}

/** What fails at the moment, how often, since when, and when it is tried again. */
export function outageWords({ outage }: RemovalDocument): string | null {
  if (outage === null) return null
  const { kind, message, attempts, since, nextTryAt } = outage
  return [
    `${kind}: ${message}`,
    `${attempts} failed ${attempts === 1 ? 'attempt' : 'attempts'}${since === null ? '' : ` in ${ageOf(since)}`}`,
    nextTryAt === null ? 'trying now' : `next try at ${nextTryAt}`,
  ].join('; ')
}

/** What was, or will be, paid. */
export function creditWords({ credits, vendorJob }: RemovalDocument): string | null {
  if (credits.charged !== null) return `${credits.charged} credits charged`
  if (credits.estimated !== null && (vendorJob === 'running' || vendorJob === 'unknown'))
    return `${credits.estimated} credits held until its vendor job has ended; \`matteflow reconcile\` settles them then`
  return credits.estimated === null ? null : `${credits.estimated} credits estimated`
}

const LEFT: Record<VendorJobLeft, string> = {
  none: 'nothing was bought',
  draft: 'the vendor job was never started: nothing was bought',
  running: 'the vendor has no cancel: its job runs on and bills',
  unknown: 'whether the vendor job was started is not known: it may bill',
}

/** What a cancelled removal has left at the vendor; nothing for others. */
export function leftAtVendor({ vendorJob, credits: { charged } }: RemovalDocument): string[] {
  if (vendorJob === null) return []
  if (vendorJob === 'none' && charged) return [`its vendor job had ended: ${charged} credits charged`]
  return [LEFT[vendorJob]]
}

/** What happens next with a removal that is parked, or at the vendor with one that was cancelled. */
export function nextStepLines(document: RemovalDocument): string[] {
  if (document.state === 'cancelled') return leftAtVendor(document).map((left) => `  ${left}`)
  if (document.state !== 'parked' || document.failure === null) return []
  const { kind } = document.failure
  if (ruleOf(kind).wakes === 'time') {
    return [
      `  It wakes by itself; \`matteflow watch ${document.id}\` stays with it, \`matteflow resume ${document.id}\` wakes it now.`,
    ]
  }
  if (kind === 'UnknownOutcome') {
    return [
      '  It is parked, and goes on by itself should the vendor job move. Answer with one of',
      `    \`matteflow resume ${document.id} --as started\`: it runs there, or is billed`,
      `    \`matteflow resume ${document.id} --as not-started\`: it is an untouched draft, and the start is sent again`,
    ]
  }
  return [`  It is parked and nothing is lost; go on with \`matteflow resume ${document.id}\`.`]
}

function line(name: string, text: string | null | undefined): string | null {
  return text ? `${name.padEnd(14)}${visibleText(text)}` : null
}

function seconds(value: number | null): string | null {
  return value === null ? null : `${value} s`
}

/** Sizes as people read them. */
export function bytes(value: number | null): string | null {
  if (value === null) return null
  if (value < 1_000) return `${value} bytes`
  return value < 1_000_000 ? `${(value / 1_000).toFixed(1)} kB` : `${(value / 1_000_000).toFixed(1)} MB`
}

function backgroundWords(background: NonNullable<RemovalDocument['requested']>['background']): string {
  if (background.type === 'color') return `on ${background.color}`
  return background.type === 'image' ? 'on an image' : 'transparent'
}
