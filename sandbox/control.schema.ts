import { z } from 'zod'

export const modesSchema = z
  .strictObject({
    repeatedStart: z.enum(['bills', 'conflict', 'ignored']),
    draftShownAs: z.enum(['created', 'pending']),
    createReplyStatus: z.string().nullable(),
    startVisibleAfterMs: z.number().min(0),
    startExecutedAfterMs: z.number().min(0),
    billFailed: z.boolean(),
    defaultBackground: z.enum(['transparent', 'green']),
    insufficientCreditsStatus: z.int().min(400).max(599),
    insufficientCreditsAt: z.enum(['start', 'create']),
    listEnvelope: z.enum(['array', 'items', 'jobs', 'data']),
    idField: z.enum(['id', 'job_id']),
    errorShape: z.enum(['envelope', 'string', 'message', 'detail', 'html']),
    durationReported: z.boolean(),
    instant: z.boolean(),
  })
  .partial()

export const startModesSchema = modesSchema.pick({
  repeatedStart: true,
  draftShownAs: true,
  createReplyStatus: true,
  startVisibleAfterMs: true,
})

export const creditsSchema = z.strictObject({ credits: z.number().min(0).nullable() })

export const webhooksSchema = z.strictObject({ secret: z.string().min(1).nullable() })

export const keysSchema = z.strictObject({ revoke: z.string().optional(), accept: z.string().optional() })
