import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { invalidRequest } from './vendor-error.ts'

/** The JSON body, checked whole; a refusal names the field. */
export function parseBody<T>(request: FastifyRequest, schema: z.ZodType<T>): T {
  if (typeof request.body !== 'string') throw invalidRequest('Content-Type must be application/json')
  const result = schema.safeParse(parseJson(request.body))
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw invalidRequest(`${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalidRequest('The body is not JSON')
  }
}
