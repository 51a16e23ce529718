// Preloaded into a worker process: from the moment the file at CLOCK_JUMPED is there, the time of day is an hour
// ahead. What measures passing time is left alone, as with a host whose clock is set.
import { existsSync } from 'node:fs'

const HOUR_MS = 3_600_000
const file = process.env['CLOCK_JUMPED'] ?? ''
const RealDate = Date
const nowMs = () => RealDate.now() + (existsSync(file) ? HOUR_MS : 0)

globalThis.Date = class extends RealDate {
  constructor(/** @type {any[]} */ ...given) {
    super(...(given.length === 0 ? [nowMs()] : given))
  }

  static now() {
    return nowMs()
  }
}
