import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'

/** What a person has to do, and what is wrong, for each refusal of a database that no time mends. */
interface Refusal {
  reason: string
  hint: string
}

const WHAT_TO_RUN =
  'Start a worker once with a role that may create tables there; after that, this role suffices.'
const CHECK_URL =
  'Check user, password, host and database in DATABASE_URL; in a password, write / as %2F, # as %23 and @ as %40.'
const CHECK_CERTIFICATE =
  'Add sslrootcert=<file of its CA> to DATABASE_URL, or sslmode=require, which encrypts and checks no certificate.'

/** PostgreSQL's codes (its manual, appendix A), in words. */
const SQLSTATES: Record<string, Refusal> = {
  '28P01': { reason: 'it refuses the password', hint: CHECK_URL },
  '28000': { reason: 'it refuses the role, or a connection without TLS', hint: CHECK_URL },
  '3D000': {
    reason: 'it has no database of that name',
    hint: 'Create the database, or correct the name in DATABASE_URL.',
  },
  '3F000': {
    reason: 'none of the schemas on the search_path exists',
    hint: 'Create the schema, or correct search_path in DATABASE_URL or of the role.',
  },
  '42501': {
    reason: 'the role lacks a right that is needed',
    hint: `Grant the role SELECT, INSERT, UPDATE and DELETE on all tables and USAGE on all sequences of the schema. ${WHAT_TO_RUN}`,
  },
  '42P01': { reason: 'tables of matteflow are missing on the search_path', hint: WHAT_TO_RUN },
  '42703': { reason: 'its tables are of an earlier version', hint: WHAT_TO_RUN },
  '25006': {
    reason: 'it is read-only: a standby, or set so',
    hint: 'Name the primary server in DATABASE_URL.',
  },
}

/** SQLSTATE classes that time can mend: connection, resources, operator intervention, serialization, locks. */
const TRANSIENT_CLASSES = ['08', '53', '57', '40', '55', '25']

/** What Node says about a server's certificate. */
const CERTIFICATE_CODES =
  /CERT|SELF_SIGNED|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER|ERR_TLS|ERR_SSL/

/**
 * A database error as ours: whatever time or a person can mend is `PlatformUnavailable`, with the reason and what to
 * do; anything else is a bug in a statement and stays what it is. Never shows the connection string.
 */
export function failureFromDatabase(error: unknown, doing: string): unknown {
  if (isRemovalFailure(error)) return error
  const cause = causeOf(error)
  // Our own bugs stay what they are, whatever words they use.
  if (!(cause instanceof Error) || cause instanceof TypeError) return error
  const code = codeOf(cause)
  const refusal = SQLSTATES[code] ?? tlsRefusal(cause, code)
  if (refusal !== undefined)
    return unavailable(`the database cannot be used: ${refusal.reason}`, doing, cause, code, refusal.hint)
  const isSqlState = /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E')
  if (isSqlState && !TRANSIENT_CLASSES.includes(code.slice(0, 2))) return error
  if (!isSqlState && !isConnectionLoss(cause, code)) return error
  return unavailable('the database is not available', doing, cause, code || cause.message)
}

/** A URL that names no database, without the URL. `InvalidRequest`. */
export function malformedDatabaseUrl(cause?: unknown): RemovalFailure {
  return new RemovalFailure(
    'InvalidRequest',
    'DATABASE_URL: expected postgres://<user>:<password>@<host>/<database>; this is no such URL',
    { hint: CHECK_URL, ...(cause !== undefined && { cause }) },
  )
}

function unavailable(what: string, doing: string, cause: Error, code: string, hint?: string): RemovalFailure {
  return new RemovalFailure('PlatformUnavailable', `ledger, ${doing}: ${what} (${code})`, {
    cause,
    ...(hint !== undefined && { hint }),
  })
}

function tlsRefusal(error: Error, code: string): Refusal | undefined {
  if (CERTIFICATE_CODES.test(code))
    return { reason: 'its certificate is not trusted', hint: CHECK_CERTIFICATE }
  if (/does not support SSL/i.test(error.message))
    return {
      reason: 'it does not speak TLS, which DATABASE_URL asks for',
      hint: 'Leave sslmode out of DATABASE_URL, or turn TLS on in the server.',
    }
  return undefined
}

/** The driver's error is wrapped by the query builder. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function isConnectionLoss(error: Error, code: string): boolean {
  return (
    /^E[A-Z_]+$/.test(code) || /connect|terminat|timeout|closed|ended|end on the pool/i.test(error.message)
  )
}
