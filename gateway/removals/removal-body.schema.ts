import { z } from 'zod'
import type { FailureKind } from '../../domain/failures.ts'
import { FAILURES } from '../../domain/failures.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { REMOVAL_STATES } from '../../domain/removal-document.ts'
import { MODELS, OUTPUT_FORMATS } from '../../domain/request-values.ts'

const failureKind = z.enum(Object.keys(FAILURES) as [FailureKind, ...FailureKind[]])
const settings = { model: z.enum(MODELS), outputFormat: z.enum(OUTPUT_FORMATS) }
const amount = z.number().nullable()

const background = z.discriminatedUnion('type', [
  z.object({ type: z.literal('transparent') }),
  z.object({ type: z.literal('color'), color: z.string() }),
  z.object({ type: z.literal('image'), imageUrl: z.string() }),
])

/** The document of a removal, as the gateway publishes it. A test holds it against the documents of real removals. */
export const removalBodySchema = z
  .object({
    id: z.string(),
    state: z.enum(REMOVAL_STATES),
    project: z.string(),
    user: z.string().nullable(),
    reference: z.string().nullable(),
    input: z
      .object({ source: z.string(), bytes: amount, durationSeconds: amount, sha256: z.string().nullable() })
      .nullable(),
    requested: z.object({ ...settings, background }).nullable(),
    served: z.object({ ...settings, why: z.string() }).nullable(),
    vendorJobs: z
      .array(
        z.object({
          id: z.string(),
          ...settings,
          state: z.string().nullable(),
          keyAlias: z.string().nullable(),
          requestIds: z.array(z.string()),
          credits: z.object({ estimated: amount, charged: amount }),
        }),
      )
      .nullable(),
    output: z
      .object({
        location: z.string(),
        bytes: z.number(),
        sha256: z.string(),
        durationSeconds: amount,
        hasAlpha: z.boolean(),
        warnings: z.array(z.object({ code: z.string(), message: z.string() })),
      })
      .nullable(),
    credits: z.object({ estimated: amount, charged: amount, unit: z.literal('credit') }),
    failure: z
      .object({
        kind: failureKind,
        message: z.string(),
        userMessage: z.string(),
        requestId: z.string().nullable(),
        vendorJobId: z.string().nullable(),
        attempts: amount,
        retryable: z.boolean(),
        hint: z.string(),
        proven: z.boolean().nullable(),
      })
      .nullable(),
    outage: z
      .object({
        kind: failureKind,
        message: z.string(),
        attempts: z.number(),
        since: z.string().nullable(),
        nextTryAt: z.string().nullable(),
      })
      .nullable(),
    refusedOutput: z.object({ location: z.string(), bytes: z.number(), sha256: z.string() }).nullable(),
    parkedSince: z.string().nullable(),
    progress: amount,
    transfer: z.object({ bytes: z.number(), totalBytes: amount }).nullable(),
    vendorJob: z.enum(['none', 'draft', 'running', 'unknown']).nullable(),
    createdAt: z.string().nullable(),
    finishedAt: z.string().nullable(),
    deletedAt: z.string().nullable(),
    temporal: z.object({ workflowId: z.string(), runId: z.string(), namespace: z.string() }).nullable(),
    links: z.object({ self: z.string(), events: z.string(), output: z.string(), cancel: z.string() }),
  } satisfies Record<keyof RemovalBody, z.ZodType>)
  .meta({ id: 'Removal' })

/** A removal over HTTP: the document, and where to go from it. */
export type RemovalBody = RemovalDocument & { links: Record<'self' | 'events' | 'output' | 'cancel', string> }

/** The document with its links, which are relative to the gateway's own address. */
export function removalBody(document: RemovalDocument): RemovalBody {
  const self = `/v1/removals/${document.id}`
  return {
    ...document,
    links: { self, events: `${self}/events`, output: `${self}/output`, cancel: `${self}/cancel` },
  }
}
