import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const BROWSER = fileURLToPath(new URL('../gateway/page/browser', import.meta.url))

/** Scripts and styles of the page; what is imported on demand gets a file of its own. */
const ENTRIES = { page: 'main.ts', 'hash-worker': 'uploads/hash-worker.ts', style: 'styles/page.css' }
/** Served as they are. */
const STATIC = ['index.html', 'icon.svg', 'probe.webm']

/**
 * The page's files by name, ready to be served.
 * @returns {Promise<Map<string, Uint8Array>>}
 */
export async function bundlePage() {
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(
      Object.entries(ENTRIES).map(([name, path]) => [name, join(BROWSER, path)]),
    ),
    outdir: '/page',
    publicPath: '/page',
    assetNames: '[name]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    // Safari 16.4 is the first that decodes video for pages.
    target: ['es2022', 'safari16.4', 'chrome111', 'firefox128'],
    loader: { '.woff2': 'file', '.svg': 'file' },
    minify: true,
    legalComments: 'eof',
    write: false,
    logLevel: 'warning',
    tsconfig: join(BROWSER, 'tsconfig.json'),
  })
  const copied = STATIC.map(
    async (name) => /** @type {const} */ ([name, await readFile(join(BROWSER, name))]),
  )
  return new Map([
    ...outputFiles.map(({ path, contents }) => /** @type {const} */ ([basename(path), contents])),
    ...(await Promise.all(copied)),
  ])
}
