import type { z } from 'zod'
import { RemovalFailure } from './removal-failure.ts'
import type { RemovalRequest } from './removal-request.schema.ts'
import { removalRequestSchema } from './removal-request.schema.ts'

/**
 * The one way from an unknown value to a request. Throws `InvalidRequest` whose message names each wrong
 * field and what would be right.
 */
export function parseRemovalRequest(value: unknown): RemovalRequest {
  const parsed = removalRequestSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new RemovalFailure('InvalidRequest', parsed.error.issues.map(sentenceFrom).join('; '))
}

function sentenceFrom(issue: z.core.$ZodIssue): string {
  const path = issue.path.join('.')
  if (issue.code === 'unrecognized_keys')
    return `${path && `${path}: `}unknown field ${issue.keys.join(', ')}`
  const field = path || 'request'
  if (issue.code === 'invalid_value') return `${field}: expected one of ${issue.values.join(', ')}`
  return `${field}: ${issue.message}`
}
