import type { TapedExchange } from './bundle.schema.ts'

const ID_FIELDS = ['id', 'removalId']
const JOB_IN_PATH = /(\/(?:v1\/jobs|api\/download)\/)([^/]+)/
/** Ids of jobs may be numbers (docs/vendors/removebgvideo.md §19.5). */
const JOB_IN_BODY = /("(?:id|job_id)"\s*:\s*)(?:"([^"\\]+)"|(\d+))/g

/**
 * What a removal was started with, for another removal. An id may be any word, `human` or `source` as well: it is
 * replaced where it names the removal, which is in a field for it and as the second segment of a storage key.
 */
export function withOwnId<Value>(value: Value, from: string, to: string): Value {
  return walk(value, '') as Value

  function walk(inner: unknown, field: string): unknown {
    // Nobody joins a tape.
    if (field === 'joinable') return false
    if (typeof inner === 'string') {
      if (ID_FIELDS.includes(field)) return inner === from ? to : inner
      const [room, owner, ...others] = inner.split('/')
      return owner === from && others.length > 0 ? [room, to, ...others].join('/') : inner
    }
    if (Array.isArray(inner)) return inner.map((item) => walk(item, ''))
    if (typeof inner !== 'object' || inner === null) return inner
    return Object.fromEntries(Object.entries(inner).map(([key, each]) => [key, walk(each, key)]))
  }
}

/** A job belongs to one removal in the ledger, and a tape may be played more than once. */
export function withOwnJobs(exchanges: readonly TapedExchange[], number: number): TapedExchange[] {
  const own = (id: string): string => `${id}-${number}`
  return exchanges.map((exchange) => ({
    ...exchange,
    url: exchange.url.replace(JOB_IN_PATH, (_, path: string, id: string) => path + own(id)),
    responseBody:
      exchange.responseBody?.replaceAll(
        JOB_IN_BODY,
        (_, field: string, id: string | undefined, digits: string) => `${field}"${own(id ?? digits)}"`,
      ) ?? null,
  }))
}
