import { ruleOf } from '../../domain/failures.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { ageOf } from '../removal/render-document.ts'
import { plainTable } from '../terminal/plain-table.ts'

/** Removals of any state, a row each. */
export function removalTable(documents: RemovalDocument[]): string {
  const head = ['id', 'state', 'project', 'model', 'format', 'credits', 'created', 'input']
  const rows = documents.map((document) => {
    const { id, project, requested, createdAt, input, credits } = document
    return [
      id,
      stateWords(document),
      project,
      requested?.model ?? null,
      requested?.outputFormat ?? null,
      credits.charged ?? credits.estimated,
      createdAt,
      input?.source ?? null,
    ]
  })
  return plainTable(head, rows)
}

function stateWords({ state, failure, outage }: RemovalDocument): string {
  if (failure !== null) return `${state} (${failure.kind})`
  if (outage === null) return state
  return `${state} (${outage.kind}${outage.since === null ? '' : ` for ${ageOf(outage.since)}`}, still trying)`
}

/** Removals that stand still: why, since when, and what each waits for. */
export function parkedTable(documents: RemovalDocument[]): string {
  const rows = documents.map((document) => [
    document.id,
    document.failure?.kind ?? null,
    document.parkedSince === null ? null : ageOf(document.parkedSince),
    document.project,
    waitsFor(document),
  ])
  return plainTable(['id', 'kind', 'parked for', 'project', 'waits for'], rows)
}

function waitsFor({ failure }: RemovalDocument): string | null {
  if (failure === null) return null
  return ruleOf(failure.kind).wakes === 'time' ? `time; ${failure.hint}` : `a person: ${failure.hint}`
}
