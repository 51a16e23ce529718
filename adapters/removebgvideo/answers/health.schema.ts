import { z } from 'zod'

/** What the vendor says is configured, which is not what it is able to do. Source: removebgvideo.md §13, §19.34. */
export const healthSchema = z.object({
  status: z.string().min(1).max(100),
  checks: z.record(z.string(), z.unknown()).catch({}),
})
