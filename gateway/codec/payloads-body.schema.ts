import { z } from 'zod'

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64')

/** Payloads as Temporal writes them in JSON: what the routes of a codec server take and give. */
export const payloadsBodySchema = z.object({
  payloads: z
    .array(
      z.object({
        metadata: z.record(z.string().max(100), base64).optional(),
        data: base64.optional(),
      }),
    )
    .max(10_000),
})
export type PayloadsBody = z.infer<typeof payloadsBodySchema>
