import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { USAGE_DIMENSIONS } from '../../adapters/ledger/usage-report.ts'
import { projectSchema } from '../../domain/removal-request.schema.ts'
import { MODELS } from '../../domain/request-values.ts'
import { callerOf, projectOf } from '../auth/authenticate.ts'
import type { GatewayDependencies } from '../gateway-dependencies.ts'
import { fieldErrorsFrom, WrongFields } from '../http/field-errors.ts'
import { REFUSALS } from '../http/problem-body.schema.ts'
import { withFileOfForm } from './file-of-form.ts'
import { quoteRequestSchema } from './quote-request.schema.ts'

const amount = z.number().nullable()

const quoteSchema = z
  .object({
    durationSeconds: amount,
    models: z.array(
      z.object({
        model: z.enum(MODELS),
        credits: z.number(),
        creditsPerMinute: z.number(),
        expectedSeconds: z.number(),
      }),
    ),
    prices: z.string(),
    budgetLeft: amount,
  })
  .meta({
    id: 'Quote',
    description:
      'No model has a price where the duration could not be learnt. `budgetLeft` is null for a project without a limit.',
  })

const sums = {
  spent: z.number(),
  reserved: z.number(),
  bought: z.number(),
  failed: z.number(),
  collected: z.number(),
}

const usageSchema = z
  .object({
    rows: z.array(
      z.object({
        project: z.string().nullish(),
        user: z.string().nullish(),
        model: z.string().nullish(),
        day: z.string().nullish(),
        ...sums,
      }),
    ),
    total: z.object(sums),
    budget: z.object({ limit: amount, reserved: z.number(), spent: z.number(), left: amount }),
  })
  .meta({ id: 'Usage', description: 'Credits, exact to a thousandth; days are those of UTC.' })

/** In JSON; a form brings the file itself. `gateway/http/openapi.ts` publishes both. */
function parsedQuote(body: unknown): z.infer<typeof quoteRequestSchema> {
  const result = quoteRequestSchema.safeParse(body ?? {})
  if (result.success) return result.data
  throw new WrongFields(fieldErrorsFrom(result.error))
}

const day = z.iso.date().transform((text) => new Date(`${text}T00:00:00.000Z`))

/** What removals would cost, and what they have cost. */
export function quoteRoutes({
  removals,
  ledger,
  uploads,
  limits,
}: GatewayDependencies): FastifyPluginAsyncZod {
  return async (routes) => {
    routes.route({
      method: 'POST',
      url: '/v1/quotes',
      schema: {
        tags: ['credits'],
        operationId: 'quote',
        summary: 'Credits and time for every model; nothing is stored or bought',
        // Whose budget is shown. Also, a program that makes clients writes one that does not load where an operation with two
        // kinds of body has nothing optional.
        querystring: z.strictObject({ project: projectSchema.optional() }),
        response: { 200: quoteSchema, ...REFUSALS },
      },
      handler: async (request, reply) => {
        const caller = callerOf(request)
        const project = projectOf(caller)
        const gone = new AbortController()
        reply.raw.once('close', () => gone.abort())
        const shown = caller.project ?? request.query.project ?? 'default'
        const options = { project: shown, signal: gone.signal }
        if (request.isMultipart())
          return withFileOfForm(request, { project, limits }, (path) => removals.quote(path, options))
        const body = parsedQuote(request.body)
        if ('durationSeconds' in body) return removals.quote(body, options)
        const { source } = body
        if ('url' in source) return removals.quote(source, options)
        const { key } = await uploads.finished(source.upload, project)
        return removals.quote({ stored: key }, options)
      },
    })

    routes.route({
      method: 'GET',
      url: '/v1/usage',
      schema: {
        tags: ['credits'],
        operationId: 'getUsage',
        summary: "The project's credits by day, model and user",
        querystring: z.strictObject({
          by: z
            .string()
            .max(100)
            .default('day,model')
            .transform((text) => text.split(',').map((part) => part.trim()))
            .pipe(z.array(z.enum(USAGE_DIMENSIONS)).max(4)),
          since: day.optional(),
          until: day.optional(),
          user: z.string().min(1).max(256).optional(),
          project: projectSchema.optional(),
        }),
        response: { 200: usageSchema, ...REFUSALS },
      },
      handler: async (request) => {
        const { by, since, until, user } = request.query
        const caller = callerOf(request)
        const project = caller.project ?? request.query.project ?? 'default'
        const [report, budget] = await Promise.all([
          ledger.usage({
            by: [...new Set(by)],
            project,
            ...(since !== undefined && { since }),
            ...(until !== undefined && { until }),
            ...(user !== undefined && { user }),
          }),
          ledger.budget(project),
        ])
        const { limit, reserved, spent, left } = budget ?? {
          limit: null,
          reserved: 0,
          spent: 0,
          left: null,
        }
        return { ...report, budget: { limit, reserved, spent, left } }
      },
    })
  }
}
