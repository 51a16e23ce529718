import { createHash } from 'node:crypto'

/** Names a key without giving it away. */
export function keyFingerprint(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12)
}
