import { z } from 'zod'
import { millisecondsFrom } from './duration.ts'
import { REMOVAL_ID } from './removal-id.ts'
import type { RemovalRequestInput } from './removal-request-input.ts'
import type { Background } from './request-values.ts'
import { MODELS, OUTPUT_FORMATS } from './request-values.ts'

const hexColor = /^#[0-9a-fA-F]{6}$/

const httpUrl = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return (
    url !== undefined &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    !url.username &&
    !url.password
  )
}, 'expected an absolute http or https URL without user name or password')

const backgroundText = z
  .string()
  .refine((text) => text === 'transparent' || hexColor.test(text) || httpUrl.safeParse(text).success)
  .transform((text): Background => {
    if (text === 'transparent') return { type: 'transparent' }
    return hexColor.test(text)
      ? { type: 'color', color: text.toLowerCase() }
      : { type: 'image', imageUrl: text }
  })

const plainBackgrounds = [
  z.strictObject({ type: z.literal('transparent') }),
  z.strictObject({
    type: z.literal('color'),
    color: z
      .string()
      .regex(hexColor, 'expected a colour as #rrggbb')
      .transform((color) => color.toLowerCase()),
  }),
] as const

const imageBackground = z.strictObject({ type: z.literal('image'), imageUrl: httpUrl })

const BACKGROUND_FORMS =
  'expected transparent, a colour as #rrggbb (each pair 00 to ff), or the http(s) URL of an image'

// A union tells its own message where no branch, or more than one, fits the value's shape.
const backgroundSchema = z.union(
  [
    backgroundText,
    z.discriminatedUnion('type', [
      ...plainBackgrounds,
      imageBackground.extend({ queryKey: z.string().min(1).optional() }),
    ]),
  ],
  BACKGROUND_FORMS,
)

/** Over HTTP nobody names a key of the storage, as where the query of an image's URL is staged. */
const httpBackgroundSchema = z.union(
  [backgroundText, z.discriminatedUnion('type', [...plainBackgrounds, imageBackground])],
  BACKGROUND_FORMS,
)

/** Canvas and placement of the foreground, in pixels. Source: docs/vendors/removebgvideo.md §7. */
const compositionSchema = z.strictObject({
  /** The size of the output. */
  canvas: z
    .strictObject({
      /** In pixels. */
      width: z.int().min(16).max(8192),
      /** In pixels. */
      height: z.int().min(16).max(8192),
    })
    .optional(),
  /** Where the subject stands on it. */
  foreground: z
    .strictObject({
      /**
       * Which point of the foreground is placed. The vendor names three "e.g."; the other six of the usual nine are accepted in
       * the same spelling.
       */
      anchor: z
        .enum([
          'center',
          'top-left',
          'top-center',
          'top-right',
          'center-left',
          'center-right',
          'bottom-left',
          'bottom-center',
          'bottom-right',
        ])
        .optional(),
      /** 1 is its own size. */
      scale: z.number().positive().max(16).optional(),
      /** From the anchor's place. */
      offset: z
        .strictObject({
          /** To the right, in pixels. */
          x: z.number().min(-8192).max(8192),
          /** Down, in pixels. */
          y: z.number().min(-8192).max(8192),
        })
        .optional(),
    })
    .optional(),
})

const fallbackChoice = z.strictObject({
  model: z.enum(MODELS),
  outputFormat: z.enum(OUTPUT_FORMATS).optional(),
})

const fallbackText = z
  .string()
  .transform((text, context): 'none' | 'auto' | z.infer<typeof fallbackChoice>[] => {
    if (text === 'none' || text === 'auto') return text
    const choices = text.split(',').map((part) => {
      const [model, ...formats] = part.trim().split(':')
      return { model, ...(formats.length === 0 ? {} : { outputFormat: formats.join(':') }) }
    })
    const parsed = z.array(fallbackChoice).min(1).safeParse(choices)
    if (parsed.success) return parsed.data
    context.addIssue({ code: 'custom', message: 'not a list of models' })
    return z.NEVER
  })

const duration = z.string().transform((text, context) => {
  const ms = millisecondsFrom(text)
  if (ms !== undefined) return ms
  context.addIssue({ code: 'custom', message: 'not a duration' })
  return z.NEVER
})

const callersOwnId = z.string().min(1).max(256)

/** A removal's own id. Source: docs/reference.md. */
export const removalIdSchema = z.string().regex(REMOVAL_ID, 'expected 1 to 64 of A-Z a-z 0-9 _ -')

/** The name of a project. */
export const projectSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'expected 1 to 64 of A-Z a-z 0-9 . _ -')

/** Everything a request may say besides its source and id, with the defaults filled in. */
const settingsShape = {
  model: z.enum(MODELS).default('original'),
  outputFormat: z.enum(OUTPUT_FORMATS).default('webm'),
  background: backgroundSchema.default({ type: 'transparent' }),
  textPrompt: z
    .string()
    .trim()
    .min(1)
    .max(1_000)
    .nullish()
    .transform((text) => text ?? null),
  composition: compositionSchema.nullish().transform((composition) => composition ?? null),
  previewSeconds: z
    .number()
    .positive()
    .max(86_400)
    .nullish()
    .transform((seconds) => seconds ?? null),
  maxCredits: z
    .number()
    .positive()
    .max(1e9)
    .nullish()
    .transform((credits) => credits ?? null),
  fallback: z
    .union(
      [z.literal('none'), z.literal('auto'), z.array(fallbackChoice).min(1), fallbackText],
      'expected none, auto, or a list like light,human:mov',
    )
    .default('none'),
  /** A doubt about the output refuses it, instead of a warning. */
  strict: z.boolean().default(false),
  /** Milliseconds once parsed. */
  deadline: z
    .union([duration, z.int().positive()], 'expected a duration like 90s, 15m, 2h or 1d')
    .nullish()
    .transform((ms) => ms ?? null),
  project: projectSchema.default('default'),
  user: callersOwnId.nullish().transform((user) => user ?? null),
  reference: callersOwnId.nullish().transform((reference) => reference ?? null),
}

const SOURCE_FORMS = 'expected a file, { "url" } or { "stored" }'

/** A path, or the text of a URL, which means the same as `{ url }`. */
const fileOrUrl = z
  .string()
  .min(1, SOURCE_FORMS)
  .transform((text): string | { url: string } => (/^https?:\/\//i.test(text) ? { url: text } : text))

const sourceSchema = z
  .union(
    [
      fileOrUrl,
      z.strictObject({ url: z.string() }),
      z.strictObject({ stored: z.string().min(1, SOURCE_FORMS) }),
    ],
    SOURCE_FORMS,
  )
  .superRefine((source, context) => {
    if (typeof source === 'string' || !('url' in source)) return
    const [issue] = httpUrl.safeParse(source.url).error?.issues ?? []
    if (issue !== undefined) context.addIssue({ code: 'custom', path: ['url'], message: issue.message })
  })

/** What holds between the fields of a request, whatever its source is. */
function fieldsAgree(
  request: Pick<
    z.output<z.ZodObject<typeof settingsShape>>,
    'textPrompt' | 'model' | 'outputFormat' | 'background'
  >,
  context: z.core.$RefinementCtx,
): void {
  if (request.textPrompt !== null && request.model !== 'pro') {
    context.addIssue({
      code: 'custom',
      path: ['textPrompt'],
      message: `works with the model pro only, not with ${request.model}`,
    })
  }
  if (request.outputFormat === 'mp4' && request.background.type === 'transparent') {
    context.addIssue({
      code: 'custom',
      path: ['background'],
      message: 'mp4 has no alpha: give a colour or an image as background, or choose webm or mov',
    })
  }
}

const idOrNull = removalIdSchema.nullish().transform((id) => id ?? null)

/**
 * One request, the same for library, gateway and command line; unknown fields are refused. Parsing is
 * idempotent: a parsed request parses to itself. Source: docs/reference.md.
 */
export const removalRequestSchema = z
  .strictObject({ source: sourceSchema, id: idOrNull, ...settingsShape })
  .superRefine(fieldsAgree)

/** What a request over HTTP may name as its source: a URL, or an upload that is complete. */
export const httpSourceSchema = z.union(
  [z.strictObject({ url: httpUrl }), z.strictObject({ upload: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) })],
  'expected { "url" } or { "upload" }',
)

/** The same request over HTTP, whose source is a URL, an upload, or the file that comes with it. */
export const httpRequestSchema = z
  .strictObject({
    source: httpSourceSchema,
    id: idOrNull,
    ...settingsShape,
    background: httpBackgroundSchema.default({ type: 'transparent' }),
  })
  .superRefine(fieldsAgree)

export type { RemovalRequestInput } from './removal-request-input.ts'

type IsSame<Left, Right> = [Left] extends [Right] ? ([Right] extends [Left] ? true : false) : false
/** The documented interface and the schema say the same. */
true satisfies IsSame<z.input<typeof removalRequestSchema>, RemovalRequestInput>
/** A request with every default filled in; what was not given is null. */
export type RemovalRequest = z.output<typeof removalRequestSchema>
export type Composition = z.infer<typeof compositionSchema>
