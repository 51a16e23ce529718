import { z } from 'zod'
import { httpUrl, notFalse, textOrNull } from './tolerant.schema.ts'

/** Where an output is, by the legacy route. Source: removebgvideo.md §13. */
export const downloadSchema = z
  .object({ success: notFalse, download_url: httpUrl, output_format: textOrNull })
  .transform(({ download_url, output_format }) => ({
    downloadUrl: download_url,
    outputFormat: output_format,
  }))
