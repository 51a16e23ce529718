import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { clip } from '../../support/clips.ts'
import type { PageStack } from './support/page-stack.ts'
import { begin, chooseVideo, startPageStack, untilState } from './support/page-stack.ts'

const TOKEN = 'a-token-that-nobody-guesses'

let stack: PageStack

beforeAll(async () => {
  stack = await startPageStack({ tokens: `acme:${TOKEN},other:another-token-of-somebody` })
})
afterEach(() => stack.leave())
afterAll(() => stack?.close())

describe('a gateway with tokens', () => {
  it('asks for one, and says of a wrong one that it is not known', async () => {
    const page = await stack.visit()

    await page.getByLabel('Token').fill('a-wrong-one')
    await page.getByRole('button', { name: 'Sign in' }).click()

    const notice = page.locator('.notice.bad')
    await notice.getByText('The token is not known').waitFor()
    expect(await notice.locator('code').textContent()).toMatch(/^req_/)
  })

  it('takes it once: links, events and videos go by a cookie that no script reads', async () => {
    const page = await stack.visit()
    await page.getByLabel('Token').fill(TOKEN)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('acme').waitFor()
    await chooseVideo(page, await clip('green'))

    const id = await begin(page)
    await untilState(page, 'Done')

    await page.locator('.stage-result :is(video, canvas)').waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByText('Download WebM').click(),
    ])
    expect(await download.failure()).toBeNull()
    expect((await stack.removals.status(id)).project).toBe('acme')
    expect(await page.context().cookies()).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }])
    expect(await page.evaluate(() => document.cookie + JSON.stringify(localStorage))).not.toContain(TOKEN)
  })

  it('ends with the session: what was seen is gone, and the address shows nothing', async () => {
    const page = await stack.visit()
    await page.getByLabel('Token').fill(TOKEN)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.locator('.item').first().waitFor()

    await page.getByRole('button', { name: 'Sign out' }).click()

    await page.getByLabel('Token').waitFor()
    expect(await page.locator('.item').count()).toBe(0)
    await page.reload()
    await page.getByLabel('Token').waitFor()
  })

  it('shows a project nothing of another', async () => {
    const page = await stack.visit()
    await page.getByLabel('Token').fill('another-token-of-somebody')
    await page.getByRole('button', { name: 'Sign in' }).click()

    await page.getByRole('heading', { name: 'Remove the background of a video' }).waitFor()

    await page.getByText('0 credits used').waitFor()
    expect(await page.locator('.item').count()).toBe(0)
  })
})
