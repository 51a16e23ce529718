import type { FastifyInstance } from 'fastify'
import type { DocumentedField, DocumentedSchema } from './docs-fields.ts'
import { fieldsOf, referredName, typeWords } from './docs-fields.ts'
import { securityHeaders } from './security-headers.ts'

/** What the page reads of the OpenAPI document. */
interface Documented {
  info: { title: string; version: string; description: string }
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, DocumentedSchema> }
}

interface Operation {
  operationId?: string
  tags?: string[]
  summary?: string
  parameters?: Parameter[]
  requestBody?: { content: Content }
  responses?: Record<string, { description?: string; content?: Content }>
}

interface Parameter {
  name: string
  in: string
  required?: boolean
  description?: string
  schema?: DocumentedSchema
}

type Content = Record<string, { schema?: DocumentedSchema }>

interface Named {
  path: string
  method: string
  operation: Operation
}

/** What most readers come for stands first; other tags follow as the document has them. */
const TAGS_FIRST = ['removals', 'quotes']

const STYLE = `:root{color-scheme:light dark;--paper:#f6f5f1;--surface:#fffefb;--ink:#191a17;--soft:#5a5c55;--line:#dcdad1;--sunk:#ecebe5;--accent:#0a6b39}
@media(prefers-color-scheme:dark){:root{--paper:#131412;--surface:#1b1c1a;--ink:#f0efe9;--soft:#a9aaa2;--line:#31332f;--sunk:#252623;--accent:#5fd08c}}
*{box-sizing:border-box}body{font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:2rem clamp(1rem,4vw,2.5rem) 5rem;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
a{color:var(--accent)}h1{font-size:clamp(1.6rem,1.2rem + 2vw,2.25rem);line-height:1.15;margin:0 0 1rem}h2{margin:3rem 0 1rem;font-size:1.375rem}h2:first-letter{text-transform:uppercase}
h3{font:600 1rem/1.4 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;margin:0}h4{font-size:.875rem;margin:1.25rem 0 .25rem;color:var(--soft);font-weight:600}p{margin:.5rem 0}
.method{color:var(--accent)}section{background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:1rem 1.25rem;margin:1rem 0;scroll-margin-top:1rem}
nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:1rem 0}pre{overflow:auto;background:var(--sunk);padding:.875rem 1rem;border-radius:8px;font-size:.875rem}code{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
dl{margin:0;display:grid;grid-template-columns:minmax(8rem,18rem) minmax(0,1fr);gap:.35rem 1.25rem;font-size:.9375rem}dt{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875rem}dd{margin:0}dd small,dt small{color:var(--soft);font:.8125rem system-ui,sans-serif}
summary{cursor:pointer;font-size:.9375rem}summary+dl{margin-top:.75rem}:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
@media(max-width:36rem){dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin:0 0 .625rem}}`

const EXAMPLE = `curl -F file=@clip.mp4 -F model=human -H 'Authorization: Bearer <token>' \\
  -H 'Idempotency-Key: order-7' -H 'Prefer: wait=50' <gateway>/v1/removals
curl -H 'Authorization: Bearer <token>' -O -J <gateway>/v1/removals/<id>/output?download=1`

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

function pageOf({ info, paths, components }: Documented): string {
  const operations = Object.entries(paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    )
    .toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  const tags = [...new Set([...TAGS_FIRST, ...operations.map(tagOf)])]
  const links = [...tags, 'uploads', 'schemas'].map(
    (tag) => `<li><a href="#${text(tag)}">${text(tag)}</a></li>`,
  )
  const title = `${text(info.title)} ${text(info.version)}`
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><title>${text(info.title)} API</title><link rel="stylesheet" href="/docs/style.css"></head><body><main><h1>${title}</h1><p>${text(info.description)}</p><p>Every request carries <code>Authorization: Bearer &lt;token&gt;</code> where the gateway has tokens. Refusals are <a href="#Problem">problems</a> (RFC 9457). For generators: <a href="/openapi.json">openapi.json</a>.</p><pre tabindex="0"><code>${text(EXAMPLE)}</code></pre><nav aria-label="Sections"><ul>${links.join('')}</ul></nav>${tags
    .map(
      (tag) =>
        `<h2 id="${text(tag)}">${text(tag)}</h2>${operations
          .filter((each) => tagOf(each) === tag)
          .map(operationSection)
          .join('')}`,
    )
    .join(
      '',
    )}${uploadsSection}<h2 id="schemas">schemas</h2>${Object.entries(components.schemas).map(schemaSection).join('')}</main></body></html>`
}

function tagOf({ operation }: Named): string {
  return operation.tags?.[0] ?? 'other'
}

/** Uploads speak a protocol of their own, which the document does not repeat. */
const uploadsSection = `<h2 id="uploads">uploads</h2><section><h3><span class="method">TUS 1.0.0</span> /v1/uploads</h3><p>A large file in pieces, by the <a href="https://tus.io/protocols/resumable-upload">tus protocol</a> and any of its clients: it goes on after a break, at any replica. <code>Upload-Metadata</code> carries <code>filename</code> and <code>sha256</code> (64 hex digits) of the whole file; what does not match is refused with 460. Then start a removal with <code>{ "source": { "upload": "up_…" } }</code>. An upload that is not used ends after a day.</p></section>`

function operationSection({ path, method, operation }: Named): string {
  const { operationId = '', summary = '', parameters = [], requestBody, responses = {} } = operation
  const bodies = Object.entries(requestBody?.content ?? {}).map(
    ([type, { schema = {} }]) =>
      `<h4>Body, ${text(type)}</h4>${fieldList(fieldsOf(schema)) || `<p>${typeLink(schema)}</p>`}`,
  )
  const given =
    parameters.length === 0 ? '' : `<h4>Parameters</h4>${fieldList(parameters.map(fieldOfParameter))}`
  return `<section id="${text(operationId)}"><h3><span class="method">${text(method.toUpperCase())}</span> ${text(path)}</h3><p>${text(summary)}</p>${given}${bodies.join('')}<h4>Responses</h4><dl>${Object.entries(responses).map(responseRow).join('')}</dl></section>`
}

function fieldOfParameter({ name, in: place, required = false, description = '', schema = {} }: Parameter) {
  return { path: name, isRequired: required, words: `${typeWords(schema)} (${place})`, description }
}

function responseRow([status, { description = '', content = {} }]: [
  string,
  { description?: string; content?: Content },
]): string {
  const types = Object.entries(content)
    .slice(0, 1)
    .map(([type, { schema = {} }]) => (isNamed(schema) ? typeLink(schema) : text(type)))
  const said = description === 'Default Response' ? '' : text(description)
  return `<dt>${text(status)}</dt><dd>${[said, ...types].filter((part) => part !== '').join(': ') || 'without a body'}</dd>`
}

function schemaSection([name, schema]: [string, DocumentedSchema]): string {
  return `<section id="${text(name)}"><h3>${text(name)}</h3>${schema.description === undefined ? '' : `<p>${text(schema.description)}</p>`}<details><summary>Its fields</summary>${fieldList(fieldsOf(schema))}</details></section>`
}

function fieldList(fields: readonly DocumentedField[]): string {
  if (fields.length === 0) return ''
  const rows = fields.map(
    ({ path, isRequired, words, description }) =>
      `<dt>${text(path)}${isRequired ? ' <small>required</small>' : ''}</dt><dd>${text(words)}${description === '' ? '' : `<br><small>${text(description)}</small>`}</dd>`,
  )
  return `<dl>${rows.join('')}</dl>`
}

function isNamed(schema: DocumentedSchema): boolean {
  return referredName(schema) !== undefined
}

function typeLink(schema: DocumentedSchema): string {
  const name = referredName(schema)
  return name === undefined ? text(typeWords(schema)) : `<a href="#${text(name)}">${text(name)}</a>`
}

function text(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
