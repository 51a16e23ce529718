import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTokens } from '../../gateway/auth/tokens.ts'
import { buildGateway } from '../../gateway/build-gateway.ts'
import { createUploadStore } from '../../gateway/uploads/upload-store.ts'

interface Operation {
  operationId?: string
  responses: Record<string, unknown>
}

interface OpenApi {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, unknown> }
}

let folder: string
let published: OpenApi
let docs: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'matteflow-openapi-'))
  const proxies = { http: null, https: null, except: [] }
  // Nothing is asked of what lies behind the gateway.
  const nothing = {} as never
  const { server, close } = await buildGateway(
    {
      ...{ removals: nothing, ledger: nothing, storage: nothing, limits: nothing, endpointRules: nothing },
      ...{ tokens: createTokens([]), publicUrl: null, webhookSecret: null, temporalUiUrl: null },
      ...{ log: pino({ level: 'silent' }), now: Date.now },
    },
    {
      uploadStore: await createUploadStore(pathToFileURL(folder).href, proxies),
      ...{ uploadLocker: nothing, readiness: nothing, version: '0.0.0' },
    },
  )
  const { statusCode, body } = await server.inject('/openapi.json')
  expect(statusCode).toBe(200)
  published = JSON.parse(body) as OpenApi
  docs = (await server.inject('/docs')).body
  await close()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the published OpenAPI document', () => {
  it('names every operation once, with its refusals', () => {
    const operations = Object.values(published.paths).flatMap((methods) => Object.values(methods))
    const ids = operations.map(({ operationId }) => operationId)

    expect(published.openapi).toBe('3.1.0')
    expect(ids).toEqual(expect.arrayContaining(['startRemoval', 'getRemoval', 'getOutput', 'watchRemovals']))
    expect(ids.filter((id) => id === undefined)).toEqual([])
    expect(new Set(ids).size).toBe(ids.length)
    for (const { responses } of operations)
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['4XX', '5XX']))
  })

  it('refers to nothing that it does not have, and has nothing that it does not refer to', () => {
    const { schemas } = published.components
    const referred = JSON.stringify(published).matchAll(/#\/components\/schemas\/(\w+)/g)
    const names = new Set([...referred].map(([, name]) => name))

    expect(names).toEqual(new Set(Object.keys(schemas)))
  })

  it('is read by people as well: every operation and schema, each field of a request, and no dead link', () => {
    const ids = [...docs.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    const links = [...docs.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id)
    const operations = Object.values(published.paths).flatMap((methods) => Object.values(methods))

    expect(ids).toEqual(expect.arrayContaining(operations.map(({ operationId }) => operationId)))
    expect(ids).toEqual(expect.arrayContaining(Object.keys(published.components.schemas)))
    expect(new Set(ids).size).toBe(ids.length)
    expect(links.filter((link) => !ids.includes(link))).toEqual([])
    for (const field of ['source.upload', 'fallback[].model', 'composition.canvas.width', 'durationSeconds'])
      expect(docs).toContain(`<dt>${field}`)
    expect(docs).not.toMatch(/undefined|\[object/)
  })

  it('shows no key of the storage', () => {
    expect(JSON.stringify(published)).not.toMatch(/queryKey|"stored"/)
  })
})
