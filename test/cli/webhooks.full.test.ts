import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveDatabase } from '../../testing/serve-database.ts'
import { createUser, runCliHere } from './support/run-cli.ts'

const { environment } = await createUser()
let ledger: Awaited<ReturnType<typeof serveDatabase>>
beforeAll(async () => {
  ledger = await serveDatabase()
  Object.assign(environment, { DATABASE_URL: ledger.url, MATTEFLOW_PRIVATE_HOSTS: '127.0.0.1' })
}, 60_000)
afterAll(() => ledger.close())

const webhooks = (...args: string[]) => runCliHere(['webhooks', ...args], { environment })
const json = async (...args: string[]) => JSON.parse((await webhooks(...args, '--json')).stdout)

describe('webhooks', () => {
  it('shows a secret when it is made, and never again', async () => {
    const { id, secret, events } = await json('add', 'http://127.0.0.1:9/hook', '--project', 'shop')
    const rotated = await json('rotate', id, '--overlap', '2h')
    const listed = await webhooks('list', '--project', 'shop')

    expect(events).toHaveLength(5)
    for (const each of [secret, rotated.secret])
      expect(() => new Webhook(each).sign('x', new Date(), '{}')).not.toThrow()
    expect(rotated.secret).not.toBe(secret)
    expect(listed.stdout).toContain(`${id}`)
    expect(listed.stdout).toContain('two secrets until')
    const shown = [
      listed.stdout,
      listed.stderr,
      JSON.stringify(await json('list')),
      JSON.stringify(await json('deliveries')),
    ]
    for (const text of shown) for (const each of [secret, rotated.secret]) expect(text).not.toContain(each)
  })

  it('records a test and a replay for the workers, and forgets what is removed', async () => {
    const { id } = await json(
      'add',
      'http://127.0.0.1:9/hook',
      '--project',
      'tried',
      '--events',
      'removal.failed',
    )
    const tested = await json('test', id)
    const replayed = await json('replay', tested.deliveryId)
    const log = await webhooks('deliveries', '--project', 'tried')
    const removed = await webhooks('remove', id)

    expect(replayed).toEqual({ replayed: 1 })
    expect(log.stdout.match(/webhook\.test/g)).toHaveLength(2)
    expect(log.stdout).toContain('under way')
    expect(removed).toMatchObject({ exitCode: 0, stdout: `removed ${id} and its secrets\n` })
    expect(await json('list', '--project', 'tried')).toEqual([])
    expect(await webhooks('remove', id)).toMatchObject({ exitCode: 2, stdout: '' })
  })

  it.each([
    ['an action that is none', ['explode']],
    ['no URL', ['add']],
    ['a private address', ['add', 'https://10.0.0.7/hook']],
    ['plain HTTP to the world', ['add', 'http://93.184.215.14/hook']],
    ['a URL with a password', ['add', 'https://a:b@93.184.215.14/hook']],
    ['an event that is none', ['add', 'http://127.0.0.1:9/hook', '--events', 'removal.exploded']],
    ['a duration that is none', ['rotate', 'we_1', '--overlap', 'a while']],
    ['a replay of nothing', ['replay']],
    ['an endpoint that nobody knows', ['test', 'we_nobody']],
  ])('refuses %s with exit 2', async (_what, args) => {
    expect(await webhooks(...args)).toMatchObject({ exitCode: 2, stdout: '' })
  })
})
