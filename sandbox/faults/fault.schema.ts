import { z } from 'zod'
import { OUTPUT_FLAWS, OUTPUT_ODDITIES, ROUTES, WEBHOOK_FLAWS } from './fault.ts'

const momentSchema = z.enum(['before', 'after'])
const shareSchema = z.number().min(0).max(1)

const actionSchema = z.union([
  z.strictObject({ type: z.literal('reset'), when: momentSchema }),
  z.strictObject({ type: z.literal('hang'), when: momentSchema }),
  z.strictObject({ type: z.literal('delay'), ms: z.number().min(0), when: momentSchema }),
  z.strictObject({
    type: z.literal('answer'),
    status: z.int().min(200).max(599),
    body: z.unknown().optional(),
    contentType: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    when: z.enum(['before', 'after', 'later']),
    executeAfterMs: z.number().min(0).optional(),
  }),
  z.strictObject({
    type: z.literal('change'),
    set: z.record(z.string(), z.unknown()).optional(),
    omit: z.array(z.string()).optional(),
  }),
  z.strictObject({ type: z.literal('break-json') }),
  z.strictObject({
    type: z.literal('job'),
    fate: z.literal('fails'),
    error: z.union([z.string(), z.record(z.string(), z.unknown())]),
  }),
  z.strictObject({ type: z.literal('job'), fate: z.literal('never-ends') }),
  z.strictObject({ type: z.literal('foreign-output'), origin: z.url() }),
  z.strictObject({ type: z.literal('cut-output'), share: shareSchema }),
  z.strictObject({ type: z.literal('short-output'), share: shareSchema }),
  z.strictObject({ type: z.literal('label-output'), coding: z.string() }),
  z.strictObject({
    type: z.literal('other-output'),
    flaw: z.enum([...OUTPUT_FLAWS, ...OUTPUT_ODDITIES]),
  }),
  z.strictObject({ type: z.literal('webhook'), flaw: z.enum(WEBHOOK_FLAWS) }),
])

export const faultsSchema = z.array(
  z.strictObject({
    route: z.enum(ROUTES),
    occurrence: z
      .union([z.int().min(1), z.strictObject({ from: z.int().min(1), to: z.int().min(1).optional() })])
      .optional(),
    perJob: z.boolean().optional(),
    jobIndex: z.int().min(1).optional(),
    input: z.string().min(1).optional(),
    action: actionSchema,
  }),
)
