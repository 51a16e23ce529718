import { z } from 'zod'
import { httpSourceSchema } from '../../domain/removal-request.schema.ts'

/** What a quote is asked for in JSON: a length alone, where there is no video yet, or a video by its URL or upload. */
export const quoteRequestSchema = z.union(
  [
    z.strictObject({ durationSeconds: z.number().positive().max(1e6) }),
    z.strictObject({ source: httpSourceSchema }),
  ],
  'expected { "durationSeconds" } or { "source" }',
)
