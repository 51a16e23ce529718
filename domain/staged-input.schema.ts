import { z } from 'zod'

const common = { fingerprint: z.string().min(1).max(256), joinable: z.boolean().nullish() }
const key = z.string().min(1).max(1_024)

/** What the client says that it staged, as far as an admission relies on it; null where nothing was staged. */
export const stagedInputSchema = z
  .discriminatedUnion('kind', [
    z.object({
      ...common,
      kind: z.literal('file'),
      key,
      fileName: z.string().min(1).max(1_024),
      sizeBytes: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
    z.object({ ...common, kind: z.literal('url-query'), key }),
    z.object({ ...common, kind: z.literal('url') }),
    z.object({ ...common, kind: z.literal('stored') }),
  ])
  .nullable()
