import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { clip } from '../../support/clips.ts'
import type { PageStack } from './support/page-stack.ts'
import { begin, chooseVideo, startPageStack, untilState } from './support/page-stack.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

let stack: PageStack
/** A removal that has ended well, and one that is parked. */
let done: string
let parked: string

beforeAll(async () => {
  stack = await startPageStack()
  const page = await stack.visit()
  await chooseVideo(page, await clip('green'))
  done = await begin(page)
  await untilState(page, 'Done')
  stack.sandbox.setCredits(0)
  await page.getByRole('link', { name: 'New removal' }).click()
  await chooseVideo(page, await clip('busy'))
  parked = await begin(page)
  await untilState(page, 'Needs you')
})
afterEach(() => stack.leave())
afterAll(() => stack?.close())

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'a phone': { colorScheme: 'light', viewport: { width: 360, height: 740 } },
} as const

describe.each(Object.entries(LOOKS))('in %s', (_name, look) => {
  it('the start has no violation, and fits', () => hasNone(look, ''))

  it('the order has none', async () => {
    const page = await stack.visit(look)
    await chooseVideo(page, await clip('green'))
    await page.getByRole('radio', { name: /Pro/ }).check()
    await page.getByLabel('Background', { exact: true }).selectOption('image')
    await expectNone(page)
  })

  it('a result beside its original has none', async () => {
    const page = await stack.visit({ ...look, path: `#${done}` })
    await page.getByLabel('Compare with the original').setInputFiles(await clip('green'))
    await page.locator('.stage-original video').waitFor()
    await expectNone(page)
  })

  it('a parked removal has none', () => hasNone(look, `#${parked}`))
})

/** A result that is played by itself is at another frame by then. */
const BEGUN_BY_THEN_MS = 500

describe('somebody who wants less motion', () => {
  it('gets a result that stands still until it is played', async () => {
    const page = await stack.visit({ path: `#${done}`, reducedMotion: 'reduce' })
    // By the browser's own player or by ours: which one depends on how soon the browser has shown that it knows alpha.
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor()
    await page.waitForTimeout(BEGUN_BY_THEN_MS)

    expect(await page.getByLabel('Position in the video').inputValue()).toBe('0')
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor()
  })
})

async function hasNone(look: (typeof LOOKS)[keyof typeof LOOKS], path: string): Promise<void> {
  const page = await stack.visit({ ...look, path })
  await page.getByRole('heading', { name: 'Removals', exact: true }).waitFor()
  await page.locator(path === '' ? '.drop' : '.removal-head').waitFor()
  await expectNone(page)
}

async function expectNone(page: Page): Promise<void> {
  await page.evaluate(await readFile(AXE, 'utf8'))
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: Axe }).axe.run())
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
}

interface Axe {
  run(): Promise<AxeResults>
}
