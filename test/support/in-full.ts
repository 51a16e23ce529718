import { describe, it } from 'vitest'

/** Whether this run plays everything: `npm run test:full`, CI, or a command that names files. */
const IS_FULL = process.env['MATRIX'] === 'full'

/**
 * A test that a plain `npm test` leaves to the full run, since its neighbours or a quicker test guard the same. A file
 * whose tests are all of this kind is called `*.full.test.ts` instead.
 */
export function itInFull(name: string, play: () => Promise<void>): void {
  if (IS_FULL) it(name, play)
}

/** Tests of this kind under one name: Vitest refuses a description that is left without any. */
export function describeInFull(name: string, body: () => void): void {
  if (IS_FULL) describe(name, body)
}

/** Rows of a table that only the full run plays. */
export function inFull<Row>(...rows: Row[]): Row[] {
  return IS_FULL ? rows : []
}
