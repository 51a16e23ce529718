import { z } from 'zod'
import type { FailureKind } from '../../domain/failures.ts'
import { FAILURES } from '../../domain/failures.ts'

/** Every refusal's body, `application/problem+json` (RFC 9457). */
const problemBodySchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    kind: z.enum(Object.keys(FAILURES) as [FailureKind, ...FailureKind[]]).nullable(),
    requestId: z.string(),
    hint: z.string().nullable(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' })

const refused = {
  description: 'A problem (RFC 9457)',
  content: { 'application/problem+json': { schema: problemBodySchema } },
} as const

/** How every route answers what it refuses. */
export const REFUSALS = { '4xx': refused, '5xx': refused } as const
