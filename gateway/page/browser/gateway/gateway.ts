import type { Quote } from '../../../../domain/quote.ts'
import type { RemovalDocument } from '../../../../domain/removal-document.ts'
import type { RemovalSettings } from '../new/removal-settings.ts'
import { ask } from './ask.ts'
import { Problem } from './problem.ts'

/** A removal as events show it. */
export type Removal = RemovalDocument & {
  /** When it will probably end; not in the list. */
  expectedEndAt?: string | null
}

/** Who this page acts for. */
export interface Session {
  /** Without tokens the gateway takes everyone at this machine for its owner. */
  needsToken: boolean
  /** Null where a token is still needed, or none is. */
  project: string | null
  /** Where Temporal's own page is; null where the gateway does not know. */
  temporalUiUrl: string | null
}

/** A part of the project's removals, newest first. */
export interface RemovalPage {
  removals: Removal[]
  nextCursor: string | null
}

export type PricedQuote = Quote & { budgetLeft: number | null }
export type QuoteSource = { durationSeconds: number } | { source: { url: string } }
export type SourceReference = { url: string } | { upload: string }

const NO_SESSION: Session = { needsToken: true, project: null, temporalUiUrl: null }

const removalPath = (id: string): string => `/v1/removals/${encodeURIComponent(id)}`

/** Everything that the page asks of the gateway. Each call rejects with a `Problem`. */
export const gateway = {
  /** A session that has run out is one without a project. */
  session: () =>
    ask<Session>('GET', '/v1/session').catch((error: unknown): Session => {
      if (error instanceof Problem && error.status === 401) return { ...NO_SESSION }
      throw error
    }),
  signIn: (token: string) => ask<Session>('POST', '/v1/session', { body: { token } }),
  signOut: () => ask<void>('DELETE', '/v1/session'),
  quote: (source: QuoteSource) => ask<PricedQuote>('POST', '/v1/quotes', { body: source }),
  /** The same key leads to the same removal, however often it is sent. */
  start: (key: string, source: SourceReference, settings: RemovalSettings) =>
    ask<Removal>('POST', '/v1/removals', {
      headers: { 'idempotency-key': key },
      body: { source, ...settings },
    }),
  removal: (id: string) => ask<Removal>('GET', removalPath(id)),
  list: (cursor: string | null) =>
    ask<RemovalPage>(
      'GET',
      `/v1/removals?${new URLSearchParams({ limit: '20', ...(cursor && { cursor }) })}`,
    ),
  cancel: (id: string) => ask<Removal>('POST', `${removalPath(id)}/cancel`),
  resume: (id: string, answer: { as?: 'started' | 'not-started' }) =>
    ask<Removal>('POST', `${removalPath(id)}/resume`, { body: answer }),
  /** Output, refused files and exchanges go; the record stays. */
  delete: (id: string) => ask<Removal>('DELETE', removalPath(id)),
  /** Credits that were spent, and held, since the month began. */
  async creditsSince(day: string): Promise<{ spent: number; reserved: number }> {
    const { total } = await ask<{ total: { spent: number; reserved: number } }>(
      'GET',
      `/v1/usage?since=${day}`,
    )
    return total
  },
}

/** Addresses that elements load by themselves. */
export const addresses = {
  output: (id: string): string => `${removalPath(id)}/output`,
  download: (id: string): string => `${removalPath(id)}/output?download=1`,
  still: (id: string, width: 240 | 960): string => `${removalPath(id)}/still?width=${width}`,
  events: (ids: readonly string[]): string =>
    `/v1/events?${ids.map((id) => `id=${encodeURIComponent(id)}`).join('&')}`,
}
