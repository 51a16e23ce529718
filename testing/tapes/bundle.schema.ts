import { z } from 'zod'
import { REMOVAL_ID } from '../../domain/removal-id.ts'

/** Written into every bundle; a build refuses bundles of a later version. */
export const BUNDLE_FORMAT = 'matteflow-removal'
export const BUNDLE_VERSION = 1

const exchangeSchema = z.object({
  operation: z.string(),
  method: z.string(),
  url: z.url(),
  requestHeaders: z.record(z.string(), z.string()),
  requestBody: z.unknown(),
  status: z.number().int().min(100).max(999).nullable(),
  responseHeaders: z.record(z.string(), z.string()),
  responseBody: z.string().nullable(),
  durationMs: z.number().nonnegative(),
  at: z.iso.datetime(),
  error: z.string().nullable(),
})

/** What of the ledger's rows a tape is played with; the other columns are for whoever reads a bundle. */
const removalRowSchema = z.looseObject({
  project: z.string(),
  inputContentType: z.string().nullable(),
  inputDurationSeconds: z.number().nullable(),
  inputPictureSeconds: z.number().nullable(),
  inputBytes: z.number().nullable(),
})
const entrySchema = z.looseObject({
  kind: z.string(),
  account: z.string(),
  amountMillicredits: z.number().int(),
})

/** One removal, whole but for its media: what was asked, what happened, what was said, and by which versions. */
export const bundleSchema = z.object({
  format: z.literal(BUNDLE_FORMAT),
  version: z.literal(BUNDLE_VERSION),
  exportedAt: z.iso.datetime(),
  removalId: z.string().regex(REMOVAL_ID),
  versions: z.object({ matteflow: z.string(), temporalSdk: z.string(), node: z.string() }),
  /** A hash of the policies that the exporting build has; the settings of the removal's own stand in its history. */
  policies: z.string(),
  /** The document as it was when the removal was exported; null where nobody knew one. */
  document: z.looseObject({ state: z.string() }).nullable(),
  /** One history a run, as Temporal writes them in JSON, oldest first. */
  histories: z.array(z.object({ events: z.array(z.looseObject({})) })),
  exchanges: z.array(exchangeSchema),
  ledger: z.object({
    removal: removalRowSchema.nullable(),
    vendorJobs: z.array(z.looseObject({})),
    entries: z.array(entrySchema),
    parks: z.array(z.looseObject({})),
  }),
})
export type Bundle = z.infer<typeof bundleSchema>
export type TapedExchange = z.infer<typeof exchangeSchema>
