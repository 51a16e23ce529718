import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createCachedPrices } from '../../adapters/removebgvideo/cached-prices.ts'
import { createVendorClient } from '../../adapters/removebgvideo/index.ts'
import type { QuoteSurroundings } from '../../client/quote/quote.ts'
import { quoteRemoval } from '../../client/quote/quote.ts'
import { proxiesFrom } from '../../domain/proxies.ts'
import { folderStorage, keysOf, s3Storage } from '../adapters/storage/support/use-storages.ts'
import { clip } from '../support/clips.ts'
import { serveHttp } from '../support/serve-http.ts'
import { tempFolder } from '../support/temp-folder.ts'

let green: string
beforeAll(async () => {
  green = await clip('green')
})

const MODELS = [
  { model: 'original', credits: 3, creditsPerMinute: 60, expectedSeconds: 9 },
  { model: 'light', credits: 2.25, creditsPerMinute: 45, expectedSeconds: 6 },
  { model: 'pro', credits: 9, creditsPerMinute: 180, expectedSeconds: 15 },
  { model: 'human', credits: 2.25, creditsPerMinute: 45, expectedSeconds: 6 },
]

async function surroundings(given: Partial<QuoteSurroundings> = {}): Promise<QuoteSurroundings> {
  return {
    storage: await folderStorage(),
    vendorBaseUrl: 'https://api.removebgvideo.com',
    privateHosts: ['127.0.0.1'],
    proxies: proxiesFrom({}),
    ...given,
  }
}

describe('a quote', () => {
  it('of a file names length, credits and time of every model, and stores nothing', async () => {
    const around = await surroundings()

    const quote = await quoteRemoval(around, green)

    expect(quote).toEqual({ durationSeconds: 3, models: MODELS, prices: 'documented', budgetLeft: null })
    expect(await keysOf(around.storage.list(''))).toEqual([])
  })

  it('of a URL reads a part of the video only', async () => {
    const bytes = await readFile(green)
    let served = 0
    const host = await serveHttp((request, response) => {
      const [, from = '0', to = ''] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? []
      const part = bytes.subarray(Number(from), to === '' ? undefined : Number(to) + 1)
      served += part.byteLength
      const range = `bytes ${from}-${Number(from) + part.byteLength - 1}/${bytes.byteLength}`
      response.writeHead(206, { 'content-range': range, 'content-length': part.byteLength }).end(part)
    })

    const quote = await quoteRemoval(await surroundings(), { url: `${host.url}/clip.mp4?signature=secret` })

    expect(quote).toMatchObject({ durationSeconds: 3, models: MODELS })
    expect(served).toBeLessThanOrEqual(bytes.byteLength)
    expect(await quoteRemoval(await surroundings(), `${host.url}/clip.mp4`)).toMatchObject({ models: MODELS })
  })

  it.each([
    ['folder', folderStorage],
    ['S3', s3Storage],
  ])('of what lies in a %s storage reads it there', async (_name, open) => {
    const around = await surroundings({ storage: await open() })
    const key = `inputs/${randomUUID()}/clip.mp4`
    await around.storage.write(key, createReadStream(green))

    expect(await quoteRemoval(around, { stored: key })).toMatchObject({ durationSeconds: 3, models: MODELS })
    await expect(quoteRemoval(around, { stored: 'nothing/here.mp4' })).rejects.toMatchObject({
      kind: 'InvalidInput',
    })
  })

  it('of a length alone needs no video', async () => {
    const quote = await quoteRemoval(await surroundings(), { durationSeconds: 12.5 })

    expect(quote.models.map(({ credits }) => credits)).toEqual([12.5, 9.375, 37.5, 9.375])
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 90_000])(
    'of %s seconds is refused',
    async (length) => {
      const quote = quoteRemoval(await surroundings(), { durationSeconds: length })

      await expect(quote).rejects.toMatchObject({ kind: 'InvalidRequest' })
    },
  )

  it.each([
    ['a file that is no video', async () => join(import.meta.dirname, 'quote.test.ts')],
    ['a file that is not there', async () => join(await tempFolder(), 'none.mp4')],
    ['a folder', tempFolder],
    ['a private address', async () => ({ url: 'http://10.0.0.7/clip.mp4' })],
  ])('of %s is refused as InvalidInput', async (_what, source) => {
    await expect(quoteRemoval(await surroundings(), await source())).rejects.toMatchObject({
      kind: 'InvalidInput',
    })
  })

  it("shows what the project has left, and the vendor's live prices", async () => {
    const vendor = await serveHttp((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ model_pricing_credits_per_minute: { human: 50 } }))
    })
    const client = createVendorClient({
      baseUrl: vendor.url,
      apiKey: 'none',
      keyAlias: 'default',
      callTimeoutMs: 5_000,
      proxies: proxiesFrom({}),
    })

    const quote = await quoteRemoval(
      await surroundings({
        prices: createCachedPrices(client),
        records: { budgetLeft: async (project) => (project === 'shop' ? 7.5 : null) },
      }),
      { durationSeconds: 60 },
      { project: 'shop' },
    )
    await client.close()

    expect(quote).toMatchObject({ budgetLeft: 7.5, prices: expect.stringMatching(/^live 2/) })
    expect(quote.models.find(({ model }) => model === 'human')).toMatchObject({ credits: 50 })
    expect(vendor.requests[0]?.headers['x-api-key']).toBeUndefined()
  })
})
