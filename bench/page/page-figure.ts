import { gzipSync } from 'node:zlib'
import pino from 'pino'
import { chromium } from 'playwright-core'
import { findChromium } from '#tools'
import { createServer } from '../../gateway/http/create-server.ts'
import { readPageFiles } from '../../gateway/page/page-files.ts'
import { pageRoutes } from '../../gateway/page/page-routes.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { median } from '../percentile.ts'

const AIM_KB = 150
/** As a phone of some years ago. */
const CPU_SLOWER = 4
const TURNS = { quick: 1, full: 5 } as const
const BARE = '<!doctype html><title>bare</title><h1>Remove the background of a video</h1>'

/** What a visitor loads, and how soon a slow machine shows something, beside a page of one heading. */
export async function pageFigure({ quick, progress }: BenchContext): Promise<BenchRow[]> {
  const executablePath = await findChromium()
  return [...(await sizes()), ...(executablePath === undefined ? [] : [await firstPaint(executablePath)])]

  async function firstPaint(executable: string): Promise<BenchRow> {
    const server = createServer({ log: pino({ level: 'silent' }) })
    await server.register(pageRoutes)
    const none = { spent: 0, reserved: 0 }
    server.get('/v1/session', async () => ({ project: null, needsToken: false, temporalUiUrl: null }))
    server.get('/v1/removals', async () => ({ removals: [], nextCursor: null }))
    server.get('/v1/usage', async () => ({ rows: [], total: none }))
    server.get('/bare', async (_request, reply) => reply.type('text/html').send(BARE))
    const url = await server.listen({ host: '127.0.0.1', port: 0 })
    const browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox'] })
    async function paintMs(path: string): Promise<number> {
      const context = await browser.newContext()
      try {
        const page = await context.newPage()
        const devtools = await context.newCDPSession(page)
        await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWER })
        await page.goto(`${url}${path}`)
        await page.getByRole('heading', { level: 1 }).waitFor()
        const entry = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
        await page.waitForFunction(entry)
        return await page.evaluate<number>(entry)
      } finally {
        await context.close()
      }
    }
    try {
      // A checkout bundles the page at its first visit.
      await paintMs('/')
      const ours: number[] = []
      const bare: number[] = []
      for (let turn = 1; turn <= TURNS[quick ? 'quick' : 'full']; turn += 1) {
        progress(`first paint, turn ${turn}`)
        ours.push(await paintMs('/'))
        bare.push(await paintMs('/bare'))
      }
      return row({
        figure: `the page's first paint, on a CPU ${CPU_SLOWER} times slower`,
        value: median(ours),
        unit: 'ms',
        beside: { what: 'a page of one heading', value: median(bare) },
      })
    } finally {
      await browser.close()
      await server.close()
    }
  }
}

async function sizes(): Promise<BenchRow[]> {
  const kilobytes = (names: string[]): number =>
    names.reduce((sum, name) => sum + gzipSync(contents.get(name) ?? '').byteLength, 0) / 1_000
  const files = await readPageFiles()
  const contents = new Map([...files].map(([name, { codings }]) => [name, codings.identity]))
  const scripts = [...contents.keys()].filter((name) => name.endsWith('.js'))
  const decoder = scripts.filter((name) =>
    String(Buffer.from(contents.get(name) ?? '')).includes('VideoDecoder('),
  )
  const atOnce = kilobytes(scripts.filter((name) => !decoder.includes(name)))
  return [
    row({
      figure: "the page's JavaScript, compressed, without the decoder",
      value: atOnce,
      unit: 'kB',
      aim: `≤ ${AIM_KB} kB`,
      met: atOnce <= AIM_KB,
      beside: { what: 'the decoder, where a browser needs it', value: kilobytes(decoder) },
    }),
  ]
}
