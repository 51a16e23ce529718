/** The vendor's models that a request may name. Source: docs/vendors/removebgvideo.md §8. */
export const MODELS = ['original', 'light', 'pro', 'human'] as const
/** A model of the vendor. */
export type Model = (typeof MODELS)[number]

/** The vendor's output formats. All but `mp4` carry alpha. Source: docs/vendors/removebgvideo.md §17. */
export const OUTPUT_FORMATS = ['webm', 'mov', 'mp4', 'gif', 'webp', 'png_sequence'] as const
/** A format that the vendor makes. */
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

/** What stands behind the foreground in the output. */
export type Background =
  | {
      /** Which kind of background. */
      type: 'transparent'
    }
  | {
      /** Which kind of background. */
      type: 'color' /** `#rrggbb`, lower case. */
      /** `#rrggbb`, lower case. */
      color: string
    }
  | {
      /** Which kind of background. */
      type: 'image'
      /** A public URL of an image. */
      imageUrl: string
      /** Where the query of the URL is staged, beneath the removal's own `inputs/`. */
      queryKey?: string | undefined
    }

/** A background as others are shown it. */
export function shownBackground(background: Background): Background {
  return background.type === 'image' ? { type: 'image', imageUrl: background.imageUrl } : background
}

/** Whether an output of this request must have real alpha. */
export function wantsAlpha(request: { background: Background }): boolean {
  return request.background.type === 'transparent'
}

/** What each output format is on disk. `png_sequence` is assumed to arrive as a zip (docs/vendors/removebgvideo.md §17). */
export const FORMAT_FILES: Record<OutputFormat, { extension: string; contentType: string }> = {
  webm: { extension: 'webm', contentType: 'video/webm' },
  mov: { extension: 'mov', contentType: 'video/quicktime' },
  mp4: { extension: 'mp4', contentType: 'video/mp4' },
  gif: { extension: 'gif', contentType: 'image/gif' },
  webp: { extension: 'webp', contentType: 'image/webp' },
  png_sequence: { extension: 'zip', contentType: 'application/zip' },
}
