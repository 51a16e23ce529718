import { wordsFrom } from '../../domain/duration.ts'
import { goOnCommand } from '../../domain/failure-advice.ts'
import { isFailureKind } from '../../domain/failures.ts'
import { plainTable } from '../terminal/plain-table.ts'
import type { Standing } from './standing.ts'

const MOST_GROUPS = 8

/** One screen: what runs, what stands still and how it goes on, what today cost, and who works. */
export function renderStanding(standing: Standing): string {
  return [
    headOf(standing),
    openPart(standing),
    parkedPart(standing),
    todayPart(standing),
    workersPart(standing),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function headOf({ at, workers }: Standing): string {
  const living = workers.filter(({ isSilent }) => !isSilent)
  const calls = living.reduce((sum, worker) => sum + worker.calls, 0)
  const failed = living.reduce((sum, worker) => sum + worker.failedCalls, 0)
  const tripped = living.flatMap(({ breakers }) =>
    breakers.map(({ operation, state }) => `${operation} ${state}`),
  )
  const breakers = tripped.length === 0 ? 'breakers closed' : `breakers: ${[...new Set(tripped)].join(', ')}`
  return `${at.slice(0, 19).replace('T', ' ')} UTC · ${calls} vendor calls a minute, ${failed} failed · ${breakers}`
}

function openPart({ open }: Standing): string {
  if (open.length === 0) return 'nothing is unfinished'
  const rows = open.map(({ state, count, oldestMs }) => [state, count, wordsFrom(oldestMs)])
  return plainTable(['unfinished', 'count', 'oldest for'], rows)
}

function parkedPart({ parked, at }: Standing): string {
  if (parked.length === 0) return 'nothing is parked'
  const rows = parked.slice(0, MOST_GROUPS).map(({ kind, project, count, oldestSince }) => {
    const forMs = Math.max(0, Date.parse(at) - Date.parse(oldestSince))
    return [kind, project, count, wordsFrom(forMs), isFailureKind(kind) ? goOnCommand(kind, project) : null]
  })
  const more = parked.length > MOST_GROUPS ? [`… and ${parked.length - MOST_GROUPS} more groups`] : []
  return [plainTable(['parked for', 'project', 'count', 'oldest for', 'to go on'], rows), ...more].join('\n')
}

function todayPart({ today }: Standing): string {
  if (today.length === 0) return 'nothing was bought today (UTC)'
  const rows = today.map(({ project, bought, spent, reserved }) => [project, bought, spent, reserved])
  return plainTable(['today (UTC)', 'bought', 'credits spent', 'held'], rows)
}

function workersPart({ workers }: Standing): string {
  if (workers.length === 0) return 'no worker has said a word: start one with `matteflow worker`'
  const rows = workers.map(({ identity, build, silentMs, isSilent, calls, failedCalls }) => [
    identity,
    build,
    isSilent ? `silent for ${wordsFrom(silentMs)}: frozen or dead` : 'alive',
    calls,
    failedCalls,
  ])
  return plainTable(['worker', 'build', 'is', 'calls/min', 'failed'], rows)
}
