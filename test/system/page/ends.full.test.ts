import { createReadStream } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ALWAYS, failJob, loseReply, neverEnd, show } from '../../../sandbox/index.ts'
import { clip } from '../../support/clips.ts'
import { serveHttp } from '../../support/serve-http.ts'
import type { PageStack } from './support/page-stack.ts'
import { begin, chooseVideo, shownId, startPageStack, untilState } from './support/page-stack.ts'

let stack: PageStack

beforeAll(async () => {
  stack = await startPageStack({ modes: { draftShownAs: 'pending' } })
})
afterAll(() => stack?.close())
afterEach(async () => {
  stack.sandbox.clearFaults()
  stack.sandbox.setCredits(null)
  await stack.leave()
})

describe('a removal that the vendor fails', () => {
  it('says so in plain words, and what can be handed on', async () => {
    stack.sandbox.addFaults([failJob('GPU worker lost')])
    const page = await stack.visit()
    await chooseVideo(page, await clip('busy'))
    const id = await begin(page)

    await untilState(page, 'Failed')

    await page.getByText('This video could not be processed.').waitFor()
    const { vendorJobs } = await stack.removals.status(id)
    await page.locator('.facts', { hasText: vendorJobs?.[0]?.id ?? '?' }).waitFor()
  })
})

describe('a removal for which credits are missing', () => {
  it('says what to do, and goes on by its button without buying twice', async () => {
    stack.sandbox.setCredits(0)
    const before = stack.sandbox.report().jobsBought
    const page = await stack.visit()
    await chooseVideo(page, await clip('busy'))
    await begin(page)
    await untilState(page, 'Needs you')
    await page.getByText('Top up the vendor account').waitFor()
    stack.sandbox.setCredits(100)

    await page.getByRole('button', { name: 'Resume' }).click()

    await untilState(page, 'Done')
    expect(stack.sandbox.report().jobsBought - before).toBe(1)
  })
})

describe('a start of which nobody knows', () => {
  it('asks its question with what each answer does, and takes the answer', async () => {
    const hidden = show('status', { status: 'pending' }, { occurrence: ALWAYS })
    stack.sandbox.addFaults([loseReply('start'), hidden])
    const before = stack.sandbox.report().jobsBought
    const page = await stack.visit()
    await chooseVideo(page, await clip('busy'))
    await begin(page)
    await untilState(page, 'Needs you')
    await page.getByRole('button', { name: /It was not started.*spent twice/s }).waitFor()
    stack.sandbox.clearFaults()

    await page.getByRole('button', { name: /It was started.*nothing more is bought/s }).click()

    await untilState(page, 'Done')
    expect(stack.sandbox.report().jobsBought - before).toBe(1)
  })
})

describe('a removal that is cancelled while it runs', () => {
  it('says first what goes on at the vendor', async () => {
    stack.sandbox.addFaults([neverEnd()])
    const page = await stack.visit()
    await chooseVideo(page, await clip('busy'))
    await begin(page)
    await untilState(page, 'Removing the background')

    await page.getByRole('button', { name: 'Cancel the removal' }).click()
    await page.getByText('what was started runs and bills to its end').waitFor()
    await page.getByRole('button', { name: 'Cancel it' }).click()

    await untilState(page, 'Cancelled')
    await page.getByText('the vendor’s job runs and bills to its end').waitFor()
  })
})

describe('a result that is deleted', () => {
  it('is gone for everybody once that was confirmed, and its cost stays', async () => {
    const page = await stack.visit()
    await chooseVideo(page, await clip('busy'))
    const id = await begin(page)
    await untilState(page, 'Done')

    await page.getByRole('button', { name: 'Delete its files' }).click()
    await page.getByRole('button', { name: 'Delete them' }).click()

    await untilState(page, 'files deleted')
    await page.locator('.stage').waitFor({ state: 'detached' })
    await page.locator('.item', { hasText: 'files deleted' }).getByText('3 credits').waitFor()
    expect(await page.locator('.item', { hasText: 'files deleted' }).locator('img').count()).toBe(0)
    const { status } = await page.request
      .get(`${stack.url}/v1/removals/${id}/still`)
      .then((answer) => ({ status: answer.status() }))
    expect(status).toBe(410)
  })
})

describe('a link whose start is asked for twice', () => {
  it('is one removal: by two quick clicks, and by another click after the response was lost', async () => {
    const video = await clip('busy')
    const site = await serveHttp((_request, response) => createReadStream(video).pipe(response))
    const before = stack.sandbox.report().jobsBought
    const page = await stack.visit()
    const started: (string | null)[] = []
    await page.route('**/v1/removals', async (route) => {
      if (route.request().method() !== 'POST') return route.continue()
      const { id } = (await (await route.fetch()).json()) as { id: string }
      started.push(id)
      return started.length === 1 ? route.abort('connectionreset') : route.continue()
    })
    await page.getByLabel('Or a link to a video').fill(`${site.url}/busy.mp4`)
    await page.getByRole('button', { name: 'Use this link' }).click()
    await page.locator('.model-price', { hasText: 'credit' }).nth(3).waitFor()

    await page.getByRole('button', { name: 'Remove the background' }).dblclick()
    await page.getByText('The gateway cannot be reached').waitFor()
    expect(started).toHaveLength(1)
    await page.getByRole('button', { name: 'Remove the background' }).dblclick()

    expect([await shownId(page), started[1]]).toEqual([started[0], started[0]])
    await untilState(page, 'Done')
    expect(stack.sandbox.report().jobsBought - before).toBe(1)
  })
})

describe('a removal that does not exist', () => {
  it('is answered with the id of the request', async () => {
    const page = await stack.visit({ path: '#rm_nobody' })

    const id = page.locator('.notice.bad code')

    expect(await id.textContent()).toMatch(/^req_/)
    await page.getByRole('heading', { name: 'Remove the background of a video' }).waitFor()
  })
})
