import type { Fault, FaultAction, Route } from './fault.ts'

/** What a fault can be aimed at. `input` is the name that the job's input was uploaded under. */
type Target = { route: Route; jobIndex: number | null; input: string | null }

export type FaultScript = {
  add(faults: readonly Fault[]): void
  /** Forgets every fault, or those of one input. */
  clear(input?: string): void
  /** Counts the request against every fault and returns what happens to it: the first fault that strikes. */
  meet(target: Target): FaultAction | undefined
}

type Armed = { fault: Fault; seen: Map<number | null, number> }

export function createFaultScript(faults: readonly Fault[] = []): FaultScript {
  let armed: Armed[] = []
  const script: FaultScript = {
    add(added) {
      armed.push(...added.map((fault) => ({ fault, seen: new Map() })))
    },
    clear(input) {
      armed = input === undefined ? [] : armed.filter(({ fault }) => fault.input !== input)
    },
    meet(target) {
      const striking = armed.filter((one) => strikes(one, target))
      return striking[0]?.fault.action
    },
  }
  script.add(faults)
  return script
}

function strikes({ fault, seen }: Armed, target: Target): boolean {
  if (fault.route !== target.route) return false
  if (fault.jobIndex !== undefined && fault.jobIndex !== target.jobIndex) return false
  if (fault.input !== undefined && fault.input !== target.input) return false
  const counter = fault.perJob === true ? target.jobIndex : null
  const count = (seen.get(counter) ?? 0) + 1
  seen.set(counter, count)
  const { from, to = Number.POSITIVE_INFINITY } = span(fault.occurrence ?? 1)
  return from <= count && count <= to
}

function span(occurrence: number | { from: number; to?: number }): { from: number; to?: number } {
  return typeof occurrence === 'number' ? { from: occurrence, to: occurrence } : occurrence
}
