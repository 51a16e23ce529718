import { beforeAll, describe, expect, it } from 'vitest'
import type { Ledger } from '../../adapters/ledger/ledger.ts'
import { clip } from '../support/clips.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('dev')
/** Each is a transaction or a statement. */
const MOST_CALLS = 11
let source: string

beforeAll(async () => {
  source = await clip('green')
})

describe('a removal without any trouble', () => {
  it('asks its ledger few questions, and commits its intent before the start alone', async () => {
    const environment = await anEnvironment()
    const calls: string[] = []
    const { ledger } = environment.dependencies
    Object.assign(ledger, counting(ledger, calls))

    await (await environment.start({ source, model: 'human' })).result()

    expect(calls).toContain('intendStart')
    expect(calls.length, calls.join(', ')).toBeLessThanOrEqual(MOST_CALLS)
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1 })
  })
})

function counting(ledger: Ledger, calls: string[]): Ledger {
  const counted = <Records extends object>(records: Records): Records =>
    new Proxy(records, {
      get(target, name: string) {
        const ask = Reflect.get(target, name) as (...args: unknown[]) => unknown
        return (...args: unknown[]) => {
          calls.push(name)
          return ask(...args)
        }
      },
    })
  const { removals, vendorJobs, credits, parks, deletions, webhooks } = ledger
  return {
    ...ledger,
    removals: counted(removals),
    vendorJobs: counted(vendorJobs),
    credits: counted(credits),
    parks: counted(parks),
    deletions: counted(deletions),
    webhooks: counted(webhooks),
  }
}
