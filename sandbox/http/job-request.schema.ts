import { z } from 'zod'

const httpUrlSchema = z.url({ protocol: /^https?$/ })
const unitSchema = z.number().min(0).max(1)
const unitRgbSchema = z.tuple([unitSchema, unitSchema, unitSchema])
const hexSchema = z.string().regex(/^#[0-9A-Fa-f]{6}$/)

const backgroundSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('transparent') }),
  z.strictObject({ type: z.literal('color'), color: z.union([hexSchema, unitRgbSchema]) }),
  z.strictObject({ type: z.literal('image'), image_url: httpUrlSchema }),
])

const compositionSchema = z.strictObject({
  canvas: z.strictObject({ width: z.int().min(16).max(8192), height: z.int().min(16).max(8192) }).optional(),
  foreground: z
    .strictObject({
      anchor: z
        .string()
        .regex(/^(center|(top|center|bottom)-(left|center|right)|top|bottom|left|right)$/)
        .optional(),
      scale: z.number().positive().max(10).optional(),
      offset: z.strictObject({ x: z.number().optional(), y: z.number().optional() }).optional(),
    })
    .optional(),
})

const settingsShape = {
  model: z.enum(['original', 'light', 'pro', 'human']).optional(),
  output_format: z.enum(['webm', 'mov', 'mp4', 'gif', 'webp', 'png_sequence']).optional(),
  bg_type: z.enum(['transparent', 'green', 'white', 'black', 'blue', 'custom', 'color', 'image']).optional(),
  background: backgroundSchema.optional(),
  bg_color: unitRgbSchema.optional(),
  text_prompt: z.string().min(1).optional(),
  webhook_url: httpUrlSchema.optional(),
}

/** Source: docs/vendors/removebgvideo.md §5. Fields that no page or SDK names are refused. */
export const createRequestSchema = z.strictObject({
  ...settingsShape,
  video_url: httpUrlSchema,
  bg_image_url: httpUrlSchema.optional(),
  auto_start: z.boolean().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
})

/** Source: docs/vendors/removebgvideo.md §6. */
export const startRequestSchema = z.strictObject({
  ...settingsShape,
  composition: compositionSchema.optional(),
  preview_duration: z.number().positive().optional(),
})

export type CreateRequest = z.infer<typeof createRequestSchema>
export type StartRequest = z.infer<typeof startRequestSchema>
export type BackgroundWish = z.infer<typeof backgroundSchema>
export type CompositionWish = z.infer<typeof compositionSchema>
