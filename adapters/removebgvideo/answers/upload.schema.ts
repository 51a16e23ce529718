import { z } from 'zod'
import { amountOrNull, httpUrl, notFalse, textOrNull } from './tolerant.schema.ts'

/** A stored upload. Source: removebgvideo.md §4. */
export const uploadSchema = z
  .object({ success: notFalse, video_url: httpUrl, video_id: textOrNull, size: amountOrNull })
  .transform(({ video_url, video_id, size }) => ({ videoUrl: video_url, videoId: video_id, sizeBytes: size }))
