import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** One file of the page, in each coding in which it is sent. */
export interface PageFile {
  contentType: string
  etag: string
  /** `br` and `gzip` only where they make it smaller. */
  codings: { identity: Uint8Array; br?: Uint8Array; gzip?: Uint8Array }
}

/** Built with the package; a checkout bundles its sources when the page is first asked for. */
const BUILT = fileURLToPath(new URL('./built', import.meta.url))
const BUNDLER = new URL('../../scripts/bundle-page.mjs', import.meta.url)

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webm': 'video/webm',
  '.woff2': 'font/woff2',
}
const IS_SMALL_ALREADY = ['.webm', '.woff2']

/** The page's files by name. */
export async function readPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const contents = existsSync(BUILT) ? await readBuilt() : await bundleSources()
  const files = [...contents].map(async ([name, bytes]) => [name, await pageFile(name, bytes)] as const)
  return new Map(await Promise.all(files))
}

async function readBuilt(): Promise<Map<string, Uint8Array>> {
  const names = await readdir(BUILT)
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(BUILT, name))] as const)),
  )
}

async function bundleSources(): Promise<Map<string, Uint8Array>> {
  const { bundlePage } = (await import(BUNDLER.href)) as { bundlePage(): Promise<Map<string, Uint8Array>> }
  return bundlePage()
}

async function pageFile(name: string, identity: Uint8Array): Promise<PageFile> {
  const extension = extname(name)
  const contentType = CONTENT_TYPES[extension] ?? 'application/octet-stream'
  const etag = `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`
  if (IS_SMALL_ALREADY.includes(extension)) return { contentType, etag, codings: { identity } }
  const [br, zipped] = await Promise.all([
    promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    promisify(gzip)(identity),
  ])
  return { contentType, etag, codings: { identity, br, gzip: zipped } }
}
