import { isSigned, signatureOf } from './signed-text.ts'
import type { Tokens } from './tokens.ts'

/** Long enough to watch a video, short enough that a forwarded link is of little use. */
const LASTS_MS = 15 * 60_000
const PURPOSE = 'output'

/** What a signed link of one removal's output carries. */
export interface OutputTicket {
  expires: string
  signature: string
}

/** A ticket for one removal's output, which a browser can put into a link or a `<video>`. */
export function outputTicket(
  { project, removalId }: { project: string; removalId: string },
  tokens: Tokens,
  nowMs: number,
): OutputTicket | null {
  const [key] = tokens.keysOf(project, PURPOSE)
  const expires = String(nowMs + LASTS_MS)
  return key === undefined ? null : { expires, signature: signatureOf(textOf(removalId, expires), key) }
}

/** Whether a ticket opens this removal's output, for the project that the removal belongs to. */
export function opensOutput(
  { expires, signature }: OutputTicket,
  { project, removalId }: { project: string; removalId: string },
  tokens: Tokens,
  nowMs: number,
): boolean {
  if (!(Number(expires) > nowMs)) return false
  return isSigned(textOf(removalId, expires), signature, tokens.keysOf(project, PURPOSE))
}

function textOf(removalId: string, expires: string): string {
  return `${removalId} ${expires}`
}
