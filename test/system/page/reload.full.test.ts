import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ClipName } from '../../support/clips.ts'
import { clip } from '../../support/clips.ts'
import type { PageStack } from './support/page-stack.ts'
import { beginOverThinLine, chooseVideo, shownId, startPageStack } from './support/page-stack.ts'

let stack: PageStack

beforeAll(async () => {
  stack = await startPageStack()
})
afterEach(() => stack.leave())
afterAll(() => stack?.close())

describe('a page that is reloaded in mid-upload', () => {
  it('asks for the file again, in plain words, and sends only the rest', async () => {
    const page = await stack.visit()
    await beginAndReload(page)

    await page.getByText('Choose the same file again').waitFor()
    const offsets = offsetsOf(page)
    await page.getByLabel(/Choose the file/).setInputFiles(await clip('noisy'))

    expect(await takenInput(page)).toBe(await sha256Of('noisy'))
    expect(offsets[0]).toBeGreaterThan(0)
  })

  it('refuses another file', async () => {
    const page = await stack.visit()
    await beginAndReload(page)

    await page.getByLabel(/Choose the file/).setInputFiles(await clip('busy'))

    await page.getByText('another file than the one that was being sent').waitFor()
    await page.getByRole('button', { name: 'Discard' }).click()
    await page.locator('.uploads').waitFor({ state: 'detached' })
    await page.reload()
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await page.locator('.uploads').count()).toBe(0)
  })

  it('opens the file by itself where the browser keeps a handle', async () => {
    const page = await stack.visit({ before: picksFromOwnFiles })
    await putIntoOwnFiles(page, await readFile(await clip('noisy'), 'base64'))
    await page.getByLabel('Choose a file').click()
    await page.locator('.model-price', { hasText: 'credit' }).nth(3).waitFor()
    await reloadInMidUpload(page)

    const offsets = offsetsOf(page)
    let readings = 0
    page.on('worker', () => {
      readings += 1
    })
    await page.getByRole('button', { name: 'Continue the upload' }).click()

    expect(await takenInput(page)).toBe(await sha256Of('noisy'))
    expect(offsets[0]).toBeGreaterThan(0)
    // It was read, and hashed, by the visit before.
    expect(readings).toBe(0)
  })
})

/** Waits until the upload has become a removal; the hash of what that is made of. */
async function takenInput(page: Page): Promise<string | null | undefined> {
  const { input } = await stack.removals.status(await shownId(page))
  return input?.sha256
}

async function sha256Of(name: ClipName): Promise<string> {
  return createHash('sha256')
    .update(await readFile(await clip(name)))
    .digest('hex')
}

/** The system's dialog is out of reach: it hands out a file of the origin's own file system, which has handles too. */
function picksFromOwnFiles(): void {
  Object.assign(window, {
    async showOpenFilePicker() {
      const root = await navigator.storage.getDirectory()
      return [await root.getFileHandle('picked.mp4')]
    },
  })
}

async function putIntoOwnFiles(page: Page, base64: string): Promise<void> {
  await page.evaluate(async (text) => {
    const root = await navigator.storage.getDirectory()
    const handle = await root.getFileHandle('picked.mp4', { create: true })
    const writable = await handle.createWritable()
    await writable.write(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)))
    await writable.close()
  }, base64)
}

async function beginAndReload(page: Page): Promise<void> {
  await chooseVideo(page, await clip('noisy'))
  await reloadInMidUpload(page)
}

/** Begins over a thin line, and reloads the page once a part of the file is there. */
async function reloadInMidUpload(page: Page): Promise<void> {
  const line = await beginOverThinLine(page)
  await page.reload()
  await line.widen()
}

/** From where each of the following pieces was sent. */
function offsetsOf(page: Page): number[] {
  const offsets: number[] = []
  page.on('request', (request) => {
    const offset = request.headers()['upload-offset']
    if (request.method() === 'PATCH' && offset !== undefined) offsets.push(Number(offset))
  })
  return offsets
}
