import { jobRows } from '../vendor-job.schema.ts'
import { rowsUnder } from './rows.schema.ts'

/** A page of jobs. Source: removebgvideo.md §12, §19.21. */
export const jobListSchema = rowsUnder('items', 'jobs', 'data').pipe(jobRows)
