import { z } from 'zod'
import { jobRows } from '../vendor-job.schema.ts'
import { amountOrNull, hasJobId, httpUrl, notFalse, textOrNull } from './tolerant.schema.ts'

// The vendor's responses, but for jobs and errors: one schema a route.

/** A stored upload. Source: docs/vendors/removebgvideo.md §4. */
export const uploadSchema = z
  .object({ success: notFalse, video_url: httpUrl, video_id: textOrNull, size: amountOrNull })
  .transform(({ video_url, video_id, size }) => ({ videoUrl: video_url, videoId: video_id, sizeBytes: size }))

/** The response to create and start. Source: docs/vendors/removebgvideo.md §5, §6. */
export const jobAcceptedSchema = z
  .intersection(
    z.object({ success: notFalse, status: textOrNull }),
    hasJobId.transform((id) => ({ id })),
  )
  .transform(({ id, status }) => ({ id, status }))

/** Credits per minute by model; models without a sensible price are left out. Source: docs/vendors/removebgvideo.md §8. */
export const pricingSchema = z
  .object({ model_pricing_credits_per_minute: z.record(z.string(), amountOrNull) })
  .transform(({ model_pricing_credits_per_minute: prices }) => {
    const known = Object.entries(prices).flatMap(([model, price]) =>
      price === null ? [] : [[model, price] as const],
    )
    return { creditsPerMinute: Object.fromEntries(known) as Readonly<Record<string, number>> }
  })

/** What the vendor says is configured, which is not what it is able to do. Source: docs/vendors/removebgvideo.md §13, §19.34. */
export const healthSchema = z.object({
  status: z.string().min(1).max(100),
  checks: z.record(z.string(), z.unknown()).catch({}),
})

/** Where an output is, by the legacy route. Source: docs/vendors/removebgvideo.md §13. */
export const downloadSchema = z
  .object({ success: notFalse, download_url: httpUrl, output_format: textOrNull })
  .transform(({ download_url, output_format }) => ({
    downloadUrl: download_url,
    outputFormat: output_format,
  }))

/** A page of jobs. Source: docs/vendors/removebgvideo.md §12, §19.21. */
export const jobListSchema = rowsUnder('items', 'jobs', 'data').pipe(jobRows)

const totals = z
  .looseObject({ total_jobs: amountOrNull, completed_jobs: amountOrNull, credits_used: amountOrNull })
  .transform(({ total_jobs, completed_jobs, credits_used }) => ({
    totalJobs: total_jobs,
    completedJobs: completed_jobs,
    creditsUsed: credits_used,
  }))

const isEmpty = (found: z.output<typeof totals>) => Object.values(found).every((figure) => figure === null)

/** Totals of one key over some days, at the top or one level down; what is not given is null. Source: docs/vendors/removebgvideo.md §13. */
export const usageSummarySchema = z.looseObject({}).transform((response) => {
  const places = [response, response['totals'], response['summary'], response['data']]
  const found = places.flatMap((place) => totals.safeParse(place).data ?? [])
  return (
    found.find((figures) => !isEmpty(figures)) ?? { totalJobs: null, completedJobs: null, creditsUsed: null }
  )
})

/** Call events, each as the vendor wrote it: their shape is undocumented. Source: docs/vendors/removebgvideo.md §13. */
export const usageEventsSchema = rowsUnder('items', 'events', 'data')
  .pipe(z.array(z.record(z.string(), z.unknown()).nullable().catch(null)))
  .transform((rows) => rows.filter((row) => row !== null))

/** The rows of a list whose envelope is undocumented: a bare array, or an object that holds one under a usual name. */
function rowsUnder(...names: string[]) {
  return z.unknown().transform((response, context): unknown[] => {
    if (Array.isArray(response)) return response
    if (response !== null && typeof response === 'object') {
      for (const name of names) {
        const rows: unknown = Reflect.get(response, name)
        if (Array.isArray(rows)) return rows
      }
    }
    context.addIssue({ code: 'custom', message: `expected an array, or one under ${names.join(', ')}` })
    return z.NEVER
  })
}
