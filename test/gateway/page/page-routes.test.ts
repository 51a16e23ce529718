import { gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createServer } from '../../../gateway/http/create-server.ts'
import { pageRoutes } from '../../../gateway/page/page-routes.ts'

let server: FastifyInstance

beforeAll(async () => {
  server = createServer({ log: pino({ level: 'silent' }) })
  await server.register(pageRoutes)
})
afterAll(() => server.close())

const get = (url: string, headers: Record<string, string> = {}) => server.inject({ url, headers })

describe('the page', () => {
  it('is sent under a policy that lets nothing in from elsewhere, and nothing inline', async () => {
    const { statusCode, headers, body } = await get('/')

    expect(statusCode).toBe(200)
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(body).not.toMatch(/<style|style="|<script(?![^>]* src="\/page\/)|https?:\/\//)
  })

  it.each([
    '/',
    '/page/page.js',
    '/page/style.css',
    '/page/hash-worker.js',
    '/page/probe.webm',
    '/page/icon.svg',
  ])('is sent once: the same %s is a 304', async (url) => {
    const { headers } = await get(url)

    const again = await get(url, { 'if-none-match': String(headers.etag) })

    expect(again.statusCode).toBe(304)
    expect(again.body).toBe('')
  })

  it.each([
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', undefined],
  ])('comes in the coding that is taken: %s', async (accepted, coding) => {
    const { headers } = await get('/page/page.js', { 'accept-encoding': accepted })

    expect(headers['content-encoding']).toBe(coding)
    expect(headers.vary).toBe('accept-encoding')
  })

  it('has no files but its own', async () => {
    const { statusCode, headers } = await get('/page/..%2f..%2fpackage.json')

    expect(statusCode).toBe(404)
    expect(headers['content-type']).toContain('application/problem+json')
  })
})

describe('what a visitor has to load', () => {
  it('is at most 150 kB of compressed script, and the video decoder is not among it', async () => {
    const page = await get('/page/page.js')
    const worker = await get('/page/hash-worker.js')

    const atOnce = [...imports(page.body)].filter(([, isDynamic]) => !isDynamic).map(([file]) => file)
    const scripts = [page.body, worker.body]
    for (const file of atOnce) scripts.push((await get(`/page/${file}`)).body)
    const sizes = scripts.map((script) => gzipSync(script).byteLength)

    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000)
    expect(scripts.join('\n')).not.toContain('VideoDecoder(')
  })
})

/** The files that a script imports, and whether only on demand. */
function* imports(script: string): Iterable<[file: string, isDynamic: boolean]> {
  for (const [, open, file] of script.matchAll(/(?:import|from)(\()?["']\.\/([\w.-]+\.js)["']/g)) {
    if (file !== undefined) yield [file, open !== undefined]
  }
}
