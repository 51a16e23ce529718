import { createHash } from 'node:crypto'
import type { RemovalDocument } from '../../domain/removal-document.ts'

/**
 * The id of a server-sent event: a digest of the snapshot it carries. Any earlier id is answered by one snapshot, after a
 * restart and by another replica as well.
 */
export function eventIdOf(documents: readonly RemovalDocument[]): string {
  return createHash('sha256').update(JSON.stringify(documents)).digest('base64url').slice(0, 16)
}
