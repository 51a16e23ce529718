const WINDOW_MS = 60_000

/** How many vendor calls there were in the last minute, and how many of them failed. */
export function createCallRate(nowMs: () => number = Date.now) {
  let calls: { atMs: number; failed: boolean }[] = []
  return {
    add(failed: boolean): void {
      calls.push({ atMs: nowMs(), failed })
    },
    lastMinute(): { calls: number; failedCalls: number } {
      const oldestMs = nowMs() - WINDOW_MS
      calls = calls.filter(({ atMs }) => atMs >= oldestMs)
      return { calls: calls.length, failedCalls: calls.filter(({ failed }) => failed).length }
    },
  }
}
