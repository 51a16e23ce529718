import type { z } from 'zod'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { FieldError } from './problem.ts'

/** A request whose fields are wrong: an `InvalidRequest` with one entry for each of them. */
export class WrongFields extends Error {
  override readonly name = 'WrongFields'
  readonly errors: FieldError[]
  readonly #hint: string | undefined

  /** `hint` says what the operator can do, where that is more than to correct the fields. */
  constructor(errors: FieldError[], { hint, cause }: { hint?: string | undefined; cause?: unknown } = {}) {
    super(errors.map(({ field, message }) => `${field || 'request'}: ${message}`).join('; '), { cause })
    this.errors = errors
    this.#hint = hint
  }

  get failure(): RemovalFailure {
    const hint = this.#hint === undefined ? {} : { hint: this.#hint }
    return new RemovalFailure('InvalidRequest', this.message, { ...hint, cause: this })
  }
}

/** One entry for each wrong field of a request. */
export function fieldErrorsFrom({ issues }: Pick<z.core.$ZodError, 'issues'>): FieldError[] {
  return issues.flatMap((issue) => errorsOf(issue, []))
}

function errorsOf(issue: z.core.$ZodIssue, before: readonly string[]): FieldError[] {
  const path = [...before, ...issue.path.map(String)]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ field: [...path, key].join('.'), message: 'is not known' }))
  const meant = issue.code === 'invalid_union' ? meantOf(issue.errors) : undefined
  if (meant !== undefined) return meant.flatMap((inner) => errorsOf(inner, path))
  const message =
    issue.code === 'invalid_value' ? `expected one of ${issue.values.join(', ')}` : issue.message
  return [{ field: path.join('.'), message }]
}

/** What is wrong with the form that was meant, of several: the one with the fewest mistakes, where it is a single one. */
function meantOf(forms: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const [best, next] = forms.toSorted((one, other) => one.length - other.length)
  return best !== undefined && next !== undefined && best.length < next.length ? best : undefined
}
