import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'

/** SQLSTATE classes that time can mend: connection, resources, operator intervention, serialization, locks. */
const TRANSIENT_CLASSES = ['08', '53', '57', '40', '55', '25']

/**
 * A database error as ours: what time can mend is `PlatformUnavailable`; anything else is a bug in a query and
 * stays what it is. Never shows the connection string.
 */
export function failureFromDatabase(error: unknown, doing: string): unknown {
  if (isRemovalFailure(error)) return error
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  // Our own bugs stay what they are, whatever words they use.
  if (!(cause instanceof Error) || cause instanceof TypeError) return error
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  const isSqlState = /^[0-9A-Z]{5}$/.test(code)
  if (isSqlState && !TRANSIENT_CLASSES.includes(code.slice(0, 2))) return error
  if (!isSqlState && !isConnectionLoss(cause, code)) return error
  return new RemovalFailure(
    'PlatformUnavailable',
    `books, ${doing}: the database is not available (${code || cause.message})`,
    { cause },
  )
}

function isConnectionLoss(error: Error, code: string): boolean {
  return (
    /^E[A-Z]+$/.test(code) || /connect|terminat|timeout|closed|ended|end on the pool/i.test(error.message)
  )
}
