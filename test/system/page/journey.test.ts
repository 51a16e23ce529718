import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { clip } from '../../support/clips.ts'
import { inFull, itInFull } from '../../support/in-full.ts'
import type { PageStack } from './support/page-stack.ts'
import { begin, chooseVideo, startPageStack, untilState } from './support/page-stack.ts'
import { alphaOf, drawsVideoOnBlack } from './support/read-alpha.ts'

let stack: PageStack

beforeAll(async () => {
  stack = await startPageStack()
})
afterEach(() => stack.leave())
afterAll(() => stack?.close())

describe('a video that is dropped on the page', () => {
  it('has a picture and a price for every model before a byte leaves the machine', async () => {
    const page = await stack.visit()
    const sent: string[] = []
    page.on('request', (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`))

    await chooseVideo(page, await clip('green'))

    expect(
      await page.locator('.order-picture').evaluate((image: HTMLImageElement) => image.naturalWidth),
    ).toBe(320)
    expect(await page.locator('.model-price').allTextContents()).toEqual([
      '3 credits',
      '2.25 credits',
      '9 credits',
      '2.25 credits',
    ])
    expect(sent.filter((line) => line.startsWith('POST'))).toEqual(['POST /v1/quotes'])
    expect(stack.sandbox.report().jobsBought).toBe(0)
  })

  it('comes back transparent, is charged once, and is what the download holds', async () => {
    const before = stack.sandbox.report().jobsBought
    const page = await stack.visit()
    await chooseVideo(page, await clip('green'))
    await page.getByRole('radio', { name: /Human/ }).check()

    const id = await begin(page)
    await untilState(page, 'Done')

    await page.locator('.stage-result :is(video, canvas)').waitFor()
    expect(await alphaOf(page, '.stage-result :is(video, canvas)')).toEqual({ least: 0, most: 255 })
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByText('Download WebM').click(),
    ])
    const sha256 = createHash('sha256')
      .update(await readFile(await download.path()))
      .digest('hex')
    expect(download.suggestedFilename()).toBe('green.cutout.webm')
    const { output, credits } = await stack.removals.status(id)
    expect(sha256).toBe(output?.sha256)
    expect(credits.charged).toBe(2.25)
    expect(stack.sandbox.report().jobsBought - before).toBe(1)
    await page.locator('.usage', { hasText: '2.25 credits used' }).waitFor()
    await page.locator('.item', { hasText: 'green.mp4' }).getByText('2.25 credits').waitFor()
    expect(await page.locator('.item-link a').first().getAttribute('href')).toContain(
      `/namespaces/default/workflows/removal%2F${id}/`,
    )
  })

  itInFull('lies beside its original, and the keyboard moves the line between them', async () => {
    const page = await stack.visit()
    await chooseVideo(page, await clip('green'))
    await begin(page)
    await untilState(page, 'Done')
    await page.locator('.stage-original video').waitFor()
    const slider = page.getByRole('slider', { name: 'Compare the original with the result' })

    await slider.focus()
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowLeft')

    expect(await slider.getAttribute('aria-valuetext')).toBe('99 % original, 1 % result')
    const clipped = await page
      .locator('.stage-original')
      .evaluate((layer) => getComputedStyle(layer).clipPath)
    expect(clipped).toMatch(/^inset\(0px calc\(1%\) 0px 0px\)|^inset\(0px 1% 0px 0px\)/)
  })
})

describe('a browser that shows transparent video as black', () => {
  it('gets colour and alpha on a canvas', async () => {
    const page = await stack.visit({ before: drawsVideoOnBlack })
    await chooseVideo(page, await clip('green'))
    await begin(page)
    await untilState(page, 'Done')

    await page.locator('.stage-result canvas').waitFor()

    expect(await alphaOf(page, '.stage-result canvas')).toEqual({ least: 0, most: 255 })
    await page.getByText('decodes it itself').waitFor()
  })
})

describe('a format that no browser plays', () => {
  it.each(['mov', ...inFull('png_sequence')])('is shown by a still with alpha: %s', async (format) => {
    const page = await stack.visit()
    await chooseVideo(page, await clip('green'))
    await page.getByLabel('Format').selectOption(format)
    await begin(page)
    await untilState(page, 'Done')

    await page.locator('.stage-result img').waitFor()

    expect(await alphaOf(page, '.stage-result img')).toEqual({ least: 0, most: 255 })
    await page.getByText('One frame of it').waitFor()
  })
})

describe('the address of a removal', () => {
  it('shows it to a later visitor, whom the list shows its picture', async () => {
    const first = await stack.visit()
    await chooseVideo(first, await clip('green'))
    const id = await begin(first)
    await untilState(first, 'Done')

    const page = await stack.visit({ path: `#${id}` })

    await untilState(page, 'Done')
    const thumb = page.locator(`.item:has(a[href="#${id}"]) img`)
    await expectDrawn(page, thumb)
    expect(await alphaOf(page, `.item:has(a[href="#${id}"]) img`)).toEqual({ least: 0, most: 255 })
  })
})

async function expectDrawn(page: Page, image: ReturnType<Page['locator']>): Promise<void> {
  await image.scrollIntoViewIfNeeded()
  const handle = await image.elementHandle()
  await page.waitForFunction((drawn) => (drawn as HTMLImageElement).naturalWidth > 0, handle)
}
