import type { z } from 'zod'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { FieldError } from './problem.ts'

/** A request whose fields are wrong: an `InvalidRequest` with one entry for each of them. */
export class WrongFields extends Error {
  override readonly name = 'WrongFields'
  readonly errors: FieldError[]

  constructor(errors: FieldError[]) {
    super(errors.map(({ field, message }) => `${field || 'request'}: ${message}`).join('; '))
    this.errors = errors
  }

  get failure(): RemovalFailure {
    return new RemovalFailure('InvalidRequest', this.message)
  }
}

/** One entry for each wrong field of a request. */
export function fieldErrorsFrom(error: z.core.$ZodError): FieldError[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String)
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ field: [...path, key].join('.'), message: 'is not known' }))
    const message =
      issue.code === 'invalid_value' ? `expected one of ${issue.values.join(', ')}` : issue.message
    return [{ field: path.join('.'), message }]
  })
}
