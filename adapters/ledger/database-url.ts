import pg from 'pg'
import { malformedDatabaseUrl } from './errors.ts'

/**
 * The URL of a database as the driver is given it. `sslmode` means what it means to psql: `require` encrypts and checks
 * no certificate unless `sslrootcert` names a CA; `verify-full` checks the host's name as well. `InvalidRequest` for
 * what is no such URL: a `/`, `#` or `@` in a password that was not written as %2F, %23 or %40, most likely.
 */
export function connectionStringFrom(url: string): string {
  if (isTornApart(url)) throw malformedDatabaseUrl()
  const connectionString = withPsqlMeaning(url)
  try {
    // It connects to nothing yet, and reads what the URL says.
    new pg.Client({ connectionString })
    return connectionString
  } catch (error) {
    // The parser's own words may hold the URL.
    throw malformedDatabaseUrl(error instanceof TypeError ? undefined : error)
  }
}

/** What stands before the last @ is user and password: a / or # in there ends the host's part early. */
function isTornApart(url: string): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  return parsed === undefined || parsed.pathname.includes('@') || parsed.hash !== ''
}

function withPsqlMeaning(url: string): string {
  const { searchParams } = new URL(url)
  const isAmbiguous = ['prefer', 'require', 'verify-ca'].includes(searchParams.get('sslmode') ?? '')
  if (!isAmbiguous || searchParams.has('uselibpqcompat')) return url
  return `${url}&uselibpqcompat=true`
}
