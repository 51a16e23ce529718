import { z } from 'zod'
import { textOrNull } from './tolerant.schema.ts'

/** What the vendor says about an error; whatever it left out is null. */
export interface VendorError {
  code: string | null
  message: string | null
  requestId: string | null
}

const detailItem = z.union([z.string(), z.object({ msg: z.string() }).transform(({ msg }) => msg)])
const detail = z.union([z.string(), z.array(detailItem).transform((items) => items.join('; ')), detailItem])

const envelope = z.object({
  error: z
    .union([
      z.string().transform((message) => ({ code: null, message, request_id: null })),
      z.object({ code: textOrNull, message: textOrNull, request_id: textOrNull }),
    ])
    .nullish()
    .catch(null),
  message: textOrNull,
  detail: detail.nullish().catch(null),
  code: textOrNull,
  request_id: textOrNull,
})

/**
 * Reads the error shapes of docs/vendors/removebgvideo.md §19.11, in order: `error` object, `error` string, `message`,
 * `detail` as a string or a list of `msg`. Never throws.
 */
export function vendorErrorFrom(json: unknown): VendorError {
  const { data } = envelope.safeParse(json)
  if (data === undefined) return { code: null, message: null, requestId: null }
  return {
    code: data.error?.code ?? data.code,
    message: data.error?.message ?? data.message ?? data.detail ?? null,
    requestId: data.error?.request_id ?? data.request_id,
  }
}
