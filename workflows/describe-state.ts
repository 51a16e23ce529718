import { ruleOf } from '../domain/failures.ts'
import type { Removal } from './removal.ts'

/** Markdown for the Temporal UI: where a removal stands, and what a person can do. */
export function describeState(removal: Removal): string {
  const { admitted, order, parkedFor } = removal
  const lines = [`**${removal.state}**`]
  if (admitted !== null && order !== null) {
    const length =
      admitted.durationSeconds === null ? 'unknown length' : `${admitted.durationSeconds.toFixed(1)} s`
    lines.push(
      `${admitted.sourceName} (${length}) → ${order.model} ${order.outputFormat}, project ${removal.labels.project}`,
    )
  }
  if (removal.vendorJobId !== null) lines.push(`vendor job ${removal.vendorJobId}`)
  if (parkedFor !== null) {
    lines.push(`**${parkedFor.kind}**: ${parkedFor.message}`, parkedFor.hint, goesOn(removal))
  }
  return lines.join('\n\n')
}

function goesOn({ id, parkedFor, start }: Removal): string {
  if (parkedFor === null) return ''
  const answer = parkedFor.kind === 'UnknownOutcome' ? ' --as started|not-started' : ''
  const byItself = ruleOf(parkedFor.kind).wakes === 'time' ? 'It tries again by itself. ' : ''
  const watched = start === 'none' ? '' : 'The vendor job is still watched. '
  return `${byItself}${watched}To go on now: \`matteflow resume ${id}${answer}\``
}
