import type { Config } from '../../adapters/environment/config.ts'
import { budgetOf } from '../../adapters/ledger/budget-report.ts'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import { createCachedPrices } from '../../adapters/removebgvideo/cached-prices.ts'
import { createVendorClient } from '../../adapters/removebgvideo/index.ts'
import { createStorage } from '../../adapters/storage/create-storage.ts'
import type { QuoteSource, QuoteWithBudget } from '../../client/quote/quote.ts'
import { quoteRemoval } from '../../client/quote/quote.ts'
import { wordsFrom } from '../../domain/duration.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { Stack } from '../../local/stack/stack.ts'
import { findStack } from '../../local/stack/stack.ts'
import { plainTable } from '../terminal/plain-table.ts'
import { readConfig } from '../terminal/read-config.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface QuoteFlags {
  project: string
  json?: boolean
}

/** Needs neither Temporal nor a worker: an embedded stack that runs is asked for its ledger, and none is started. */
export async function runQuote(
  terminal: Terminal,
  source: string,
  { project, json }: QuoteFlags,
): Promise<number> {
  const asked = sourceFrom(source)
  const config = readConfig(terminal)
  const stack = await findStack(config.home)
  const vendor = vendorOf(config, stack)
  const { proxies, privateHosts } = config
  try {
    const quote = await quoteRemoval(
      {
        storage: createStorage(stack?.storageUrl ?? config.storageUrl, { proxies }),
        vendorBaseUrl: vendor.baseUrl,
        privateHosts,
        proxies,
        prices: createCachedPrices(vendor.client),
        records: { budgetLeft: (of) => askBudget(config, stack, of) },
      },
      asked,
      { project },
    )
    if (json) terminal.json({ project, ...quote })
    else terminal.result(quoteLines(quote, project).join('\n'))
    return 0
  } finally {
    await vendor.client.close()
  }
}

function sourceFrom(text: string): QuoteSource {
  if (text === '')
    throw new RemovalFailure('InvalidRequest', '<file or URL>: expected a video file or its http(s) URL')
  if (/^\d+(\.\d+)?$/.test(text)) return { durationSeconds: Number(text) }
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? { url: text } : text
}

/** Prices are had without a key. */
function vendorOf({ vendor, proxies }: Config, stack: Stack | null) {
  const baseUrl = stack?.vendor?.baseUrl ?? vendor.baseUrl
  const { keyAlias, callTimeoutMs } = vendor
  return {
    baseUrl,
    client: createVendorClient({ baseUrl, apiKey: 'none', keyAlias, callTimeoutMs, proxies }),
  }
}

/** Null also where there is no ledger yet, in which no project has a limit. */
async function askBudget(config: Config, stack: Stack | null, project: string): Promise<number | null> {
  const url = config.databaseUrl ?? stack?.databaseUrl ?? null
  if (url === null) return null
  const { database, close } = await openDatabase(url, { poolSize: 1, migrates: false })
  try {
    return (await budgetOf(database, project))?.left ?? null
  } finally {
    await close()
  }
}

function quoteLines({ durationSeconds, models, prices, budgetLeft: left }: QuoteWithBudget, project: string) {
  const budget = left === null ? [] : [`budget of ${project}: ${left} credits left`]
  if (durationSeconds === null)
    return ['the length cannot be read from outside, so that there is no price', ...budget]
  return [
    `${durationSeconds} s`,
    plainTable(
      ['model', 'credits', 'credits/min', 'expected'],
      models.map((row) => [
        row.model,
        row.credits,
        row.creditsPerMinute,
        wordsFrom(row.expectedSeconds * 1_000),
      ]),
    ),
    ...budget,
    `prices: ${prices}; nothing was stored or bought`,
  ]
}
