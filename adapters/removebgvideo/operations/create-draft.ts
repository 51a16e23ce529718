import type { Background, Model, OutputFormat } from '../../../domain/request-values.ts'
import { parseResponse } from '../call/perform-call.ts'
import type { VendorCall } from '../call/vendor-call.ts'
import { requestIdOf } from '../call/vendor-call.ts'
import { jobAcceptedSchema } from '../responses/responses.schema.ts'

/** What a vendor job shall do. */
export interface DraftSettings {
  /** What an upload gave, or a public URL. */
  videoUrl: string
  /** The model that renders it. */
  model: Model
  /** The file that is made. */
  outputFormat: OutputFormat
  /** What stands behind the foreground. */
  background: Background
  /** What to keep, in words; `pro` only. */
  textPrompt?: string | null
  /** Whom the vendor tells about the job. */
  webhookUrl?: string | null
  /** Sent along; nothing says that it ever comes back (docs/vendors/removebgvideo.md §19.22). */
  metadata?: Record<string, string> | null
}

/** A vendor job that costs nothing yet. */
export interface Draft {
  /** The vendor's id of the job. */
  id: string
  /** The vendor's word, verbatim; null when the response has none. */
  status: string | null
  /** The vendor's id of the call, for its support; null where it gave none. */
  requestId: string | null
}

/** POST /v1/jobs, always as a draft: only a start may spend (docs/architecture.md). */
export function createDraftCall(settings: DraftSettings): VendorCall<Draft> {
  const subject = { operation: 'createDraft', vendorJobId: null } as const
  return {
    ...subject,
    method: 'POST',
    path: '/v1/jobs',
    sendsKey: true,
    body: { json: bodyFrom(settings) },
    read: (response, redact) => ({
      ...parseResponse(subject, response, jobAcceptedSchema, redact),
      requestId: requestIdOf(response, redact),
    }),
  }
}

function bodyFrom({ textPrompt, webhookUrl, metadata, ...settings }: DraftSettings): Record<string, unknown> {
  return {
    video_url: settings.videoUrl,
    model: settings.model,
    output_format: settings.outputFormat,
    auto_start: false,
    ...backgroundFields(settings.background),
    ...(textPrompt ? { text_prompt: textPrompt } : {}),
    ...(webhookUrl ? { webhook_url: webhookUrl } : {}),
    ...(metadata ? { metadata } : {}),
  }
}

/** Always explicit, for the documented defaults contradict each other (docs/vendors/removebgvideo.md §19.6). */
function backgroundFields(background: Background): Record<string, unknown> {
  switch (background.type) {
    case 'transparent':
      // The field table has the flat spelling, the samples the nested one; both with one meaning is safe (§19.7).
      return { bg_type: 'transparent', background: { type: 'transparent' } }
    case 'color':
      return { background: { type: 'color', color: background.color } }
    case 'image':
      return { background: { type: 'image', image_url: background.imageUrl } }
  }
}
