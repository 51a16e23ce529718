import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { httpRequestSchema } from '../../domain/removal-request.schema.ts'

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
      const { paths } = document as unknown as { paths: Record<string, { post?: { requestBody: unknown } }> }
      const create = paths['/v1/removals']?.post
      if (create !== undefined) create.requestBody = removalRequestBody()
      return document
    },
  })
  server.get('/openapi.json', { schema: { hide: true } as object }, async () => server.swagger())
}

/**
 * A removal is asked for in two forms, of which the route checks the one that came. Both are made from the schema of the
 * request: in a form the file takes the place of the source, and what is no text travels as JSON.
 */
function removalRequestBody() {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(httpRequestSchema, {
    io: 'input',
    unrepresentable: 'any',
  })
  const { source: _source, ...fields } = schema.properties ?? {}
  const form = {
    ...schema,
    properties: { file: { type: 'string', format: 'binary', description: 'The video.' }, ...fields },
    required: ['file'] as const,
  }
  return {
    required: true,
    content: {
      'application/json': { schema },
      'multipart/form-data': { schema: form },
    },
  }
}
