import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ALWAYS, show } from '../../../sandbox/index.ts'
import { clip } from '../../support/clips.ts'
import type { PageStack } from './support/page-stack.ts'
import { begin, chooseVideo, startPageStack, untilState } from './support/page-stack.ts'

let stack: PageStack

beforeAll(async () => {
  stack = await startPageStack()
})
afterEach(() => stack.leave())
afterAll(() => stack?.close())

describe('a gateway that goes away and comes back', () => {
  it('loses nothing of what the page shows: it hears of the end all the same', async () => {
    stack.sandbox.addFaults([show('status', { status: 'processing', progress: 40 }, { occurrence: ALWAYS })])
    const page = await stack.visit()
    await chooseVideo(page, await clip('green'))
    await begin(page)
    await untilState(page, 'Removing the background')

    await stack.stopGateway()
    await page.getByRole('link', { name: 'New removal' }).click()
    await page.locator('.item .state', { hasText: 'Removing the background' }).waitFor()
    stack.sandbox.clearFaults()
    await stack.startGateway()

    await page.locator('.item .state', { hasText: 'Done' }).waitFor()
    expect(stack.sandbox.report().jobsBought).toBe(1)
  })

  it('is named as what is missing, and asked again by a button', async () => {
    const page = await stack.visit()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await chooseVideo(page, await clip('green'))
    await stack.stopGateway()
    await page.getByRole('button', { name: 'Choose another' }).click()

    await page.getByLabel('Choose a file').setInputFiles(await clip('green'))
    await page.locator('.notice.bad', { hasText: 'The gateway cannot be reached' }).waitFor()

    await stack.startGateway()
    await page.getByRole('button', { name: 'Choose another' }).click()
    await chooseVideo(page, await clip('green'))
  })
})
