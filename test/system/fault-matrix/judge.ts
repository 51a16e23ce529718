import { expect } from 'vitest'
import type { Outcome } from './outcome.ts'
import type { Scenario } from './scenario.ts'

/** State, exit code, money and files are those of the row, and the ledger agrees with the vendor's own bill. */
export function judge(outcome: Outcome, { end, warnings = [] }: Pick<Scenario, 'end' | 'warnings'>): void {
  const { state, kind, exitCode, bought, collected, ledger, billedMillicredits, message } = outcome
  const { wanted: _, ...expected } = end
  expect({ state, kind, exitCode, bought, collected }, message ?? '').toEqual(expected)
  expect(outcome.warnings).toEqual(warnings)
  expect(ledger).toEqual(
    end.state === 'parked'
      ? { reservedMillicredits: billedMillicredits, spentMillicredits: 0 }
      : { reservedMillicredits: 0, spentMillicredits: billedMillicredits },
  )
}
