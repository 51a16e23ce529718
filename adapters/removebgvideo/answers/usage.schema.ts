import { z } from 'zod'
import { rowsUnder } from './rows.schema.ts'
import { amountOrNull } from './tolerant.schema.ts'

const totals = z
  .looseObject({ total_jobs: amountOrNull, completed_jobs: amountOrNull, credits_used: amountOrNull })
  .transform(({ total_jobs, completed_jobs, credits_used }) => ({
    totalJobs: total_jobs,
    completedJobs: completed_jobs,
    creditsUsed: credits_used,
  }))

const isEmpty = (found: z.output<typeof totals>) => Object.values(found).every((figure) => figure === null)

/** Totals of one key over some days, at the top or one level down; what is not given is null. Source: removebgvideo.md §13. */
export const usageSummarySchema = z.looseObject({}).transform((answer) => {
  const places = [answer, answer['totals'], answer['summary'], answer['data']]
  const found = places.flatMap((place) => totals.safeParse(place).data ?? [])
  return (
    found.find((figures) => !isEmpty(figures)) ?? { totalJobs: null, completedJobs: null, creditsUsed: null }
  )
})

/** Call events, each as the vendor wrote it: their shape is undocumented. Source: removebgvideo.md §13. */
export const usageEventsSchema = rowsUnder('items', 'events', 'data')
  .pipe(z.array(z.record(z.string(), z.unknown()).nullable().catch(null)))
  .transform((rows) => rows.filter((row) => row !== null))
