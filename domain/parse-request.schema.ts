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
  const sentences = parsed.error.issues.slice(0, MOST_ISSUES).map(sentenceFrom)
  throw new RemovalFailure('InvalidRequest', sentences.join('; '))
}

/** Whoever sends a huge document by mistake learns what is wrong with its first fields, and no history grows by it. */
const MOST_ISSUES = 20
const LONGEST_NAME = 64

function sentenceFrom(issue: z.core.$ZodIssue): string {
  const path = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.slice(0, MOST_ISSUES).map((name) => name.slice(0, LONGEST_NAME))
    return `${path && `${path}: `}unknown field ${names.join(', ')}`
  }
  const field = path || 'request'
  if (issue.code === 'invalid_value') return `${field}: expected one of ${issue.values.join(', ')}`
  return `${field}: ${issue.message}`
}
