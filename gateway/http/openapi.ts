import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { httpRequestSchema } from '../../domain/removal-request.schema.ts'
import { quoteRequestSchema } from '../quotes/quote-request.schema.ts'

/** Publishes the routes that are registered afterwards as OpenAPI 3.1, from the schemas that check their requests. */
export async function publishOpenApi(server: FastifyInstance, version: string): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'matteflow',
        version,
        description: 'Removes video backgrounds through RemoveBGVideo: bought once, never lost.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (documented) => {
      const document = jsonSchemaTransformObject(documented)
      const { paths, components } = document as unknown as Described
      const create = paths['/v1/removals']?.post
      if (create !== undefined) create.requestBody = removalRequestBody()
      const quote = paths['/v1/quotes']?.post
      if (quote !== undefined) quote.requestBody = quoteRequestBody()
      // One route answers both methods, by one description; each operation has an id of its own.
      for (const operations of Object.values(paths)) {
        const { get, head } = operations
        if (head !== undefined)
          operations.head = { ...head, operationId: get?.operationId?.replace(/^get/, 'head') }
      }
      // Each schema comes as an input as well, which no request refers to.
      const text = JSON.stringify(paths)
      for (const name of Object.keys(components.schemas))
        if (name.endsWith('Input') && !text.includes(`"#/components/schemas/${name}"`))
          delete components.schemas[name]
      return document
    },
  })
  server.get('/openapi.json', { schema: { hide: true } as object }, async () => server.swagger())
}

interface Operation {
  operationId?: string | undefined
  requestBody?: unknown
}

/** What of the document is put right by hand. */
interface Described {
  paths: Record<string, Partial<Record<'get' | 'head' | 'post', Operation>>>
  components: { schemas: Record<string, unknown> }
}

/**
 * A removal is asked for in two forms, of which the route checks the one that came. Both are made from the schema of the
 * request: in a form the file takes the place of the source, and what is no text travels as JSON.
 */
function removalRequestBody(): RequestBody {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(httpRequestSchema, {
    io: 'input',
    unrepresentable: 'any',
  })
  // Clients that were generated send what is a default, and the project is the token's.
  const { default: _default, ...project } = (schema.properties?.['project'] ?? {}) as { default?: unknown }
  schema.properties = {
    ...schema.properties,
    project: { ...project, description: "The token's, where there are tokens." },
  }
  const { source: _source, ...fields } = schema.properties
  const form = {
    ...schema,
    properties: { file: FILE, ...fields },
    required: ['file'] as const,
  }
  return bodyOf({ json: schema, form })
}

/** A quote has the same two forms; its form is the file alone. */
function quoteRequestBody(): RequestBody {
  const { $schema: _dialect, ...json } = z.toJSONSchema(quoteRequestSchema, { io: 'input' })
  const form = {
    type: 'object',
    properties: { file: FILE },
    required: ['file'],
    additionalProperties: false,
  }
  return bodyOf({ json, form })
}

const FILE = { type: 'string', format: 'binary', description: 'The video.' } as const

type RequestBody = ReturnType<typeof bodyOf>

function bodyOf({ json, form }: { json: object; form: object }) {
  return {
    required: true,
    content: { 'application/json': { schema: json }, 'multipart/form-data': { schema: form } },
  }
}
