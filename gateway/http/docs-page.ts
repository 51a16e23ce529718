import type { FastifyInstance } from 'fastify'
import { securityHeaders } from './security-headers.ts'

/** What the page reads of the OpenAPI document. */
interface Documented {
  info: { title: string; version: string; description: string }
  paths: Record<string, Record<string, Operation>>
}

interface Operation {
  tags?: string[]
  summary?: string
  parameters?: { name: string; in: string; required?: boolean; schema?: unknown }[]
  requestBody?: { content: Record<string, { schema?: unknown }> }
  responses?: Record<string, { description?: string }>
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1f;background:#fff}
h2{margin-top:2.5rem}h3{font:600 1rem ui-monospace,monospace;margin:0}section{border:1px solid #8886;border-radius:.5rem;padding:1rem;margin:1rem 0}
pre{overflow:auto;background:#8881;padding:.75rem;border-radius:.4rem;font-size:.85rem;max-height:24rem}summary{cursor:pointer}table{border-collapse:collapse}td{padding:.1rem .8rem .1rem 0;vertical-align:top}
@media(prefers-color-scheme:dark){body{color:#e8e8ec;background:#16161a}a{color:#9bf}}`

/**
 * The documentation of the HTTP API, made of the OpenAPI document. It has no script at all, so that its policy of contents
 * allows none, and it asks nobody else for anything.
 */
export function docsPage(server: FastifyInstance): void {
  const policy =
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
  const schema = { hide: true } as object
  server.get('/docs', { schema }, async (_request, reply) =>
    reply
      .headers({ ...securityHeaders, 'content-security-policy': policy })
      .type('text/html; charset=utf-8')
      .send(pageOf(server.swagger() as unknown as Documented)),
  )
  server.get('/docs/style.css', { schema }, async (_request, reply) =>
    reply.type('text/css; charset=utf-8').send(STYLE),
  )
}

function pageOf({ info, paths }: Documented): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? 'other'))]
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => (operation.tags?.[0] ?? 'other') === tag)
    return `<h2>${text(tag)}</h2>${own.map(sectionOf).join('')}`
  })
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${text(info.title)} API</title><link rel="stylesheet" href="/docs/style.css"></head><body><main><h1>${text(info.title)} ${text(info.version)}</h1><p>${text(info.description)}</p><p>Every request carries <code>Authorization: Bearer &lt;token&gt;</code> where the gateway has tokens; refusals are problems (RFC 9457). For generators: <a href="/openapi.json">openapi.json</a>.</p>${sections.join('')}</main></body></html>`
}

function sectionOf({
  path,
  method,
  operation,
}: {
  path: string
  method: string
  operation: Operation
}): string {
  const { summary = '', parameters = [], requestBody, responses = {} } = operation
  const rows = parameters.map(
    (each) =>
      `<tr><td><code>${text(each.name)}</code></td><td>${text(each.in)}${each.required ? ', required' : ''}</td><td><code>${text(JSON.stringify(each.schema ?? {}))}</code></td></tr>`,
  )
  const bodies = Object.entries(requestBody?.content ?? {}).map(
    ([type, { schema }]) =>
      `<details><summary>Body: ${text(type)}</summary><pre>${text(JSON.stringify(schema, null, 2))}</pre></details>`,
  )
  const answers = Object.entries(responses).map(
    ([status, { description = '' }]) =>
      `${text(status)} ${text(description === 'Default Response' ? '' : description)}`,
  )
  return `<section><h3>${text(method.toUpperCase())} ${text(path)}</h3><p>${text(summary)}</p>${rows.length > 0 ? `<table>${rows.join('')}</table>` : ''}${bodies.join('')}<p>Answers: ${answers.join('; ')}</p></section>`
}

function text(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
