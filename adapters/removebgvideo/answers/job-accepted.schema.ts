import { z } from 'zod'
import { hasJobId, notFalse, textOrNull } from './tolerant.schema.ts'

/** The answer to create and start. Source: removebgvideo.md §5, §6. */
export const jobAcceptedSchema = z
  .intersection(
    z.object({ success: notFalse, status: textOrNull }),
    hasJobId.transform((id) => ({ id })),
  )
  .transform(({ id, status }) => ({ id, status }))
