import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { expect } from 'vitest'
import { ensureChromium } from '#tools'
import type { Removals } from '../../../../client/index.ts'
import { createRemovals } from '../../../../client/index.ts'
import type { Sandbox, SandboxOptions } from '../../../../sandbox/index.ts'
import { freePort } from '../../../../testing/postgres-server.ts'
import { startGatewayEnvironment } from '../../../gateway/support/gateway-environment.ts'

/** A gateway with everything behind it, and a browser in front. */
export interface PageStack {
  url: string
  sandbox: Sandbox
  removals: Removals
  /** Opens the page as a new visitor. What it asks for elsewhere, or throws, fails the test at its `close`. */
  visit(options?: VisitOptions): Promise<Page>
  stopGateway(): Promise<void>
  /** At the same address as before. */
  startGateway(): Promise<string>
  /** Closes what was visited: a page that is left open goes on playing. */
  leave(): Promise<void>
  close(): Promise<void>
}

interface VisitOptions extends BrowserContextOptions {
  /** What follows the address. */
  path?: string
  /** Runs in the page before its own scripts. */
  before?: () => void
}

/** Temporal, worker, ledger, storage, sandbox, gateway and Chromium. `tokens` as `GATEWAY_TOKENS` has them. */
export async function startPageStack({
  tokens,
  ...options
}: SandboxOptions & { tokens?: string } = {}): Promise<PageStack> {
  const [environment, port] = await Promise.all([
    startGatewayEnvironment({
      sandbox: options,
      // A start in doubt is looked at for these two together.
      variables: {
        MATTEFLOW_CALL_TIMEOUT: '1s',
        MATTEFLOW_SETTLE_MARGIN: '1s',
        // Links of tests lead to this machine.
        MATTEFLOW_PRIVATE_HOSTS: '127.0.0.1',
      },
    }),
    freePort(),
  ])
  const { sandbox, dependencies, temporal } = environment
  const begin = () =>
    environment.startGateway({
      temporalUiUrl: 'http://127.0.0.1:8233',
      variables: { GATEWAY_PORT: String(port), ...(tokens !== undefined && { GATEWAY_TOKENS: tokens }) },
    })
  let gateway = await begin()
  const { url } = gateway
  const visitors = await openVisitors(url)
  return {
    url,
    sandbox,
    removals: createRemovals({ client: temporal.client, storage: dependencies.storage }),
    visit: visitors.visit,
    async startGateway() {
      gateway = await begin()
      return gateway.url
    },
    stopGateway: () => gateway.close(),
    leave: visitors.leave,
    async close() {
      await visitors.close()
      await environment.close()
    },
  }
}

/** A browser in front of a gateway at this address, whoever runs it. */
export async function openVisitors(url: string): Promise<Pick<PageStack, 'visit' | 'leave' | 'close'>> {
  const browser = await launch()
  const visits: Visit[] = []
  return {
    async visit({ path = '', before, ...contextOptions } = {}) {
      const visit = await beginVisit(browser, url, { path, contextOptions, ...(before && { before }) })
      visits.push(visit)
      return visit.page
    },
    async leave() {
      await Promise.all(visits.map(({ page }) => page.context().close()))
    },
    async close() {
      await browser.close()
      expect(visits.flatMap(({ faults }) => faults)).toEqual([])
    },
  }
}

interface Visit {
  page: Page
  faults: string[]
}

async function beginVisit(
  browser: Browser,
  url: string,
  {
    path,
    before,
    contextOptions,
  }: { path: string; before?: () => void; contextOptions: BrowserContextOptions },
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...contextOptions })
  // Where others work at the same time, a removal may take a while.
  context.setDefaultTimeout(100_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`threw ${error.message}`))
  page.on('request', (request) => {
    const asked = request.url()
    if (!asked.startsWith(`${url}/`) && !asked.startsWith(`blob:${url}/`)) faults.push(`asked ${asked}`)
  })
  page.on('console', (message) => {
    // What the policy of contents refuses is said there.
    if (/Content Security Policy|Refused to/.test(message.text())) faults.push(message.text())
  })
  // The system's own dialog cannot be reached by a test; the plain input is what other browsers have.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showOpenFilePicker'))
  if (before) await page.addInitScript(before)
  await page.goto(`${url}/${path}`)
  return { page, faults }
}

async function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: await ensureChromium(),
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
  })
}

/** Chooses a video and waits until each model has its price. */
export async function chooseVideo(page: Page, path: string): Promise<void> {
  await page.getByLabel('Choose a file').setInputFiles(path)
  await page.locator('.model-price', { hasText: 'credit' }).nth(3).waitFor()
}

/** Begins the removal that was chosen. Resolves with its id. */
export async function begin(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Remove the background' }).click()
  return shownId(page)
}

const LINE = { offline: false, latency: 0, downloadThroughput: -1 }

/** Begins the removal that was chosen over a thin line. Resolves once a part of the file is there. */
export async function beginOverThinLine(page: Page): Promise<{ widen(): Promise<void> }> {
  const network = await page.context().newCDPSession(page)
  await network.send('Network.emulateNetworkConditions', { ...LINE, uploadThroughput: 40_000 })
  await page.getByRole('button', { name: 'Remove the background' }).click()
  await page.locator('.uploads .state', { hasText: /Uploading\s+[1-9]\d %/ }).waitFor()
  return {
    async widen() {
      await network.send('Network.emulateNetworkConditions', { ...LINE, uploadThroughput: -1 })
      await network.detach()
    },
  }
}

/** Waits until the address names a removal. Resolves with its id. */
export async function shownId(page: Page): Promise<string> {
  await page.waitForURL(/#./)
  return decodeURIComponent(new URL(page.url()).hash.slice(1))
}

/** Waits until the page says so of the removal it shows. */
export async function untilState(page: Page, words: string): Promise<void> {
  await page.locator('.removal-head .state', { hasText: words }).waitFor()
}
