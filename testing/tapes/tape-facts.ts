import type { RemovalDocument } from '../../domain/removal-document.ts'
import type { Bundle } from './bundle.schema.ts'
import { recordedSteps } from './recorded-steps.ts'

/** What a removal decided, asked, repeated and spent: everything that another build might do otherwise. */
export type TapeFacts = Record<string, string | number | null>

/** Polls that the server repeats: how many there are is the vendor's pace, not a decision. */
const POLLS = 'checkVendorJob'

/** The facts of a removal, each under a name that a person reads. */
export function factsOf(bundle: Bundle): TapeFacts {
  const document = bundle.document as RemovalDocument | null
  const { activities, parks } = recordedSteps(bundle)
  const facts: TapeFacts = {
    'decision: end': document?.state ?? null,
    'decision: failure': document?.failure?.kind ?? null,
    'decision: served':
      document !== null && document.served !== null
        ? `${document.served.model} ${document.served.outputFormat}`
        : null,
    'decision: warnings': document?.output?.warnings.map(({ code }) => code).join(' ') || null,
    'decision: parked for': parks.join(' ') || null,
    'spend: purchases': bundle.ledger.entries.filter(isReservation).length,
    'spend: charged millicredits': sumOf(bundle, 'spent'),
    'spend: held millicredits': sumOf(bundle, 'reserved'),
  }
  for (const { operation } of bundle.exchanges) add(facts, `calls: ${operation}`, 1)
  for (const { type, attempts } of activities)
    if (type !== POLLS && attempts > 1) add(facts, `retries: ${type}`, attempts - 1)
  return facts
}

/** One fact that is another one now. */
export interface Difference {
  fact: string
  recorded: string | number | null
  now: string | number | null
}

/** What would differ. Status checks differ only where there are clearly more or fewer of them. */
export function differencesBetween(recorded: TapeFacts, now: TapeFacts): Difference[] {
  return [...new Set([...Object.keys(recorded), ...Object.keys(now)])]
    .map((fact) => ({ fact, recorded: valueOf(recorded, fact), now: valueOf(now, fact) }))
    .filter(({ fact, recorded: before, now: after }) =>
      fact === 'calls: getJob' ? isClearlyOther(Number(before), Number(after)) : before !== after,
    )
}

function valueOf(facts: TapeFacts, fact: string): string | number | null {
  return facts[fact] ?? (/^(calls|retries|spend)/.test(fact) ? 0 : null)
}

function isClearlyOther(before: number, after: number): boolean {
  return Math.abs(before - after) > Math.max(2, before / 4)
}

function isReservation({ kind, account }: Bundle['ledger']['entries'][number]): boolean {
  return kind === 'reserve' && account === 'reserved'
}

function sumOf({ ledger }: Bundle, wanted: string): number {
  return ledger.entries
    .filter(({ account }) => account === wanted)
    .reduce((sum, { amountMillicredits }) => sum + amountMillicredits, 0)
}

function add(facts: TapeFacts, fact: string, count: number): void {
  facts[fact] = Number(facts[fact] ?? 0) + count
}
