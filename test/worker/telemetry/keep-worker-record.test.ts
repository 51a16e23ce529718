import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Ledger } from '../../../adapters/ledger/ledger.ts'
import type { WorkerRecord } from '../../../domain/worker-record.ts'
import { keepWorkerRecord } from '../../../worker/telemetry/keep-worker-record.ts'

const RECORD: WorkerRecord = {
  id: 'one',
  namespace: 'default',
  identity: '7@host',
  version: '0.2.0',
  build: '0.2.0+abc',
  breakers: [],
  calls: 0,
  failedCalls: 0,
}

/** A ledger whose answers a test decides. */
function aLedger(beat: Ledger['workers']['beat']) {
  const left: string[] = []
  const workers = { beat, leave: async (id: string) => void left.push(id), seen: async () => [] }
  return { workers, left }
}

describe('the record of a worker', () => {
  it('is renewed again and again, at once where something changed, and removed at the end', async () => {
    const said: number[] = []
    let calls = 0
    const { workers, left } = aLedger(async (record) => said.push(record.calls) > 0)
    const kept = keepWorkerRecord({
      workers,
      say: () => ({ ...RECORD, calls: ++calls }),
      log: { warn: () => {}, info: () => {} },
      everyMs: 60_000,
    })
    await vi.waitFor(() => expect(said).toHaveLength(1))
    expect(kept.reports()).toBe(true)

    kept.renew()
    await vi.waitFor(() => expect(said).toEqual([1, 2]))
    await kept.leave()
    expect(left).toEqual(['one'])
  })

  it('makes no reporter of a worker whose ledger is away, and tells its log once', async () => {
    const lines: string[] = []
    let isAway = false
    const { workers } = aLedger(async () => {
      if (isAway) throw new Error('away')
      return true
    })
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0)
    onTestFinished(() => clock.mockRestore())
    const kept = keepWorkerRecord({
      workers,
      say: () => RECORD,
      log: {
        warn: (_facts: unknown, line?: string) => void lines.push(String(line)),
        info: (line: unknown) => void lines.push(String(line)),
      },
      everyMs: 2,
    })
    await vi.waitFor(() => expect(kept.reports()).toBe(true))

    isAway = true
    await vi.waitFor(() => expect(lines).toHaveLength(1))
    clock.mockReturnValue(30_000)
    expect(kept.reports()).toBe(false)
    isAway = false
    await vi.waitFor(() => expect(lines.at(-1)).toBe('the ledger hears again that this worker lives'))
    expect(kept.reports()).toBe(true)
    await kept.leave()
  })
})
