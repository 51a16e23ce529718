import { z } from 'zod'

// Shapes for the vendor's optional fields: what makes no sense reads as null, and never throws.

const NUMBER = /^[+-]?\d+(\.\d+)?$/

/** A number, also one written as text. */
const anyNumber = z.union([z.number(), z.string().trim().regex(NUMBER).transform(Number)]).pipe(z.number())

/** A finite number that is not negative. */
export const amountOrNull = anyNumber
  .pipe(z.number().nonnegative())
  .nullish()
  .transform((n) => n ?? null)
  .catch(null)

/** From 0 to 100. */
export const percentOrNull = anyNumber
  .nullish()
  .transform((n) => (n === null || n === undefined ? null : Math.min(100, Math.max(0, n))))
  .catch(null)

/** A text of at most 1,000 characters; numbers read as text, an empty one as null. */
export const textOrNull = z
  .union([z.string(), z.number()])
  .transform((text) => String(text).slice(0, 1_000))
  .nullish()
  .transform((text) => (text === '' ? null : (text ?? null)))
  .catch(null)

/** An absolute http(s) URL, verbatim. */
export const httpUrl = z
  .string()
  .trim()
  .max(16_384)
  .refine((text) => ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? ''), 'expected an http(s) URL')

export const httpUrlOrNull = httpUrl
  .nullish()
  .transform((url) => url ?? null)
  .catch(null)

/** A vendor's id: one line, neither empty nor absurdly long. Numbers are taken as text. */
const vendorId = z
  .union([z.string(), z.number().transform(String)])
  .pipe(
    z
      .string()
      .trim()
      .min(1)
      .max(256)
      .regex(/^\P{Cc}+$/u, 'expected one line'),
  )
  // As a segment of a path these two would name another place.
  .refine((id) => id !== '.' && id !== '..', 'expected an id')

/** `id`, else `job_id` (docs/vendors/removebgvideo.md §19.5). */
export const hasJobId = z
  .looseObject({ id: vendorId.nullish().catch(null), job_id: vendorId.nullish().catch(null) })
  .transform((job, context) => {
    const id = job.id ?? job.job_id
    if (typeof id === 'string') return id
    context.addIssue({ code: 'custom', path: ['id'], message: 'neither id nor job_id is there' })
    return z.NEVER
  })

/** The member `success`: `false` in it is the vendor's other way of saying no. */
export const notFalse = z
  .unknown()
  .refine((success) => success !== false && success !== 'false', 'it is false')
  .optional()
