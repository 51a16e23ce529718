import type { SQL } from 'drizzle-orm'
import { sql } from 'drizzle-orm'

/** A moment as epoch milliseconds: what a raw query gives for a timestamp depends on the driver. */
export function epochMs(moment: SQL): SQL {
  return sql`(extract(epoch from ${moment}) * 1000)::double precision`
}

/** Drivers give 64-bit integers as text. */
export function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}
