import { ruleOf } from '../domain/failures.ts'
import type { FailureDocument } from '../domain/removal-document.ts'
import type { RemovalRun } from './removal-run.ts'

/**
 * Markdown for the Temporal UI: where a removal stands, and what a person can do. Commands stand in code spans, where
 * no renderer turns their dashes into others, and each can be typed as it stands.
 */
export function describeRun(run: RemovalRun): string {
  const { admitted, variant, parkedFor, vendorJobId } = run
  const lines = [`**${run.state}**`]
  if (admitted !== null && variant !== null) {
    const length =
      admitted.durationSeconds === null ? 'unknown length' : `${admitted.durationSeconds.toFixed(1)} s`
    lines.push(
      `${admitted.sourceName} (${length}) → ${variant.model} ${variant.outputFormat}, project ${run.labels.project}`,
    )
  }
  if (vendorJobId !== null) lines.push(`vendor job ${vendorJobId}`)
  if (parkedFor !== null)
    lines.push(`**${parkedFor.kind}**: ${parkedFor.message}`, parkedFor.hint, howItGoesOn(run, parkedFor))
  return lines.join('\n\n')
}

function howItGoesOn({ id, start }: RemovalRun, { kind }: FailureDocument): string {
  const byItself = ruleOf(kind).wakes === 'time' ? 'It tries again by itself. ' : ''
  const checked = start === 'none' ? '' : 'The vendor job is still checked. '
  const command = `matteflow resume ${id}`
  return kind === 'UnknownOutcome'
    ? `${checked}If it was started: \`${command} --as started\`. If it was not: \`${command} --as not-started\`.`
    : `${byItself}${checked}To go on now: \`${command}\``
}
