import { describe, expect, it } from 'vitest'
import { checkInputUrl } from '../../../adapters/transfer/check-input-url.ts'
import {
  createInputHostRules,
  createOutputHostRules,
  isPublicAddress,
} from '../../../adapters/transfer/host-rules.ts'

const BASE = 'http://127.0.0.1:4100'

it.each([
  '93.184.216.34',
  '8.8.8.8',
  '2606:2800:220:1::1',
  '::ffff:8.8.8.8',
  // What a NAT64 gateway makes of 93.184.216.34.
  '64:ff9b::5db8:d822',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

it.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '0.0.0.0',
  '::1',
  '::',
  'fe80::1',
  'fd00::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '0.1.2.3',
  '192.0.2.1',
  '198.18.0.1',
  '198.19.255.255',
  '240.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::a00:1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b::c612:1',
  '64:ff9b:1::808:808',
  '::808:808',
  'fec0::1',
  '100::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '2001::1',
  'not an address',
])('%s is not public', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

describe('input hosts', () => {
  const rules = createInputHostRules(BASE)
  const refusal = (url: string): string | undefined => rules.refusal(new URL(url))

  it.each(['https://example.com/a.mp4', 'http://8.8.8.8:8080/a', `${BASE}/uploads/a.mp4`])(
    'may be %s',
    (url) => {
      expect(refusal(url)).toBeUndefined()
    },
  )

  it.each([
    'http://127.0.0.1/a',
    'http://127.0.0.1:4101/a',
    'http://2130706433/a',
    'http://0177.0.0.1/a',
    'http://0x7f.1/a',
    'http://[::1]:4100/a',
    'http://[::ffff:7f00:1]/a',
    'http://169.254.169.254/latest/meta-data',
    'http://localhost:4100/a',
    'http://a.localhost./a',
  ])('may not be %s', (url) => {
    expect(refusal(url)).toBe('is a private address that MATTEFLOW_PRIVATE_HOSTS does not name')
  })

  it('may carry no credentials and no other scheme', () => {
    expect(refusal('https://user:secret@example.com/a')).toBe('carries a user name or password')
    expect(refusal('ftp://example.com/a')).toBe('has a scheme other than http and https')
  })
})

describe('private hosts that are named', () => {
  const privateHosts = [
    '198.18.0.0/15',
    'fd00:1::/32',
    '10.0.0.7',
    'nas.corp',
    'media.corp:8443',
    '10.1.0.0/16',
  ]
  const rules = createInputHostRules(BASE, { privateHosts })

  it.each([
    'http://198.18.3.4/a',
    'http://198.19.0.1/a',
    'http://[fd00:1::9]/a',
    'http://10.0.0.7/a',
    'http://[::ffff:10.0.0.7]/a',
    'http://[64:ff9b::a00:7]/a',
    'http://nas.corp/a',
    'https://media.corp:8443/a',
  ])('may be %s', (url) => {
    expect(rules.refusal(new URL(url))).toBeUndefined()
  })

  it.each([
    'http://198.20.0.1.nip.example/a',
    'http://10.0.0.8/a',
    'http://[fd00:2::9]/a',
    'http://192.168.0.1/a',
  ])('do not stand for %s', async (url) => {
    const to = async () => [{ address: '10.0.0.8' }]
    await expect(checkInputUrl(url, rules, to)).rejects.toMatchObject({
      message: expect.stringContaining('MATTEFLOW_PRIVATE_HOSTS'),
    })
  })

  it.each([
    ['a range', 'https://cdn.example/a', '198.18.0.9'],
    ['a name', 'https://nas.corp/a', '192.168.9.9'],
    ['a name with its port', 'https://media.corp:8443/a', '192.168.9.9'],
  ])('let a name lead to what %s names', async (_what, url, address) => {
    await checkInputUrl(url, rules, async () => [{ address }])
  })

  it('do not let a name with another port lead there', async () => {
    const check = checkInputUrl('https://media.corp/a', rules, async () => [{ address: '192.168.9.9' }])
    await expect(check).rejects.toMatchObject({ kind: 'InvalidInput' })
  })
})

describe('output hosts', () => {
  const rules = createOutputHostRules(BASE, ['cdn.example.com', 'files.example.com:8443', '[2606::1]:80'])
  const isAllowed = (url: string): boolean => rules.refusal(new URL(url)) === undefined

  it.each([
    'https://cdn.example.com/a',
    'http://CDN.example.com.:81/a',
    'https://files.example.com:8443/a',
    'http://[2606::1]/a',
    `${BASE}/a`,
  ])('may be %s', (url) => {
    expect(isAllowed(url)).toBe(true)
  })

  it.each([
    'https://example.com/a',
    'https://a.cdn.example.com/a',
    'https://cdn.example.com.evil.org/a',
    'https://files.example.com/a',
    'http://[2606::1]:81/a',
    'http://127.0.0.1:4101/a',
    'http://localhost:4100/a',
  ])('may not be %s', (url) => {
    expect(isAllowed(url)).toBe(false)
  })
})

describe('checkInputUrl', () => {
  const rules = createInputHostRules(BASE)
  const resolvesTo =
    (...addresses: string[]) =>
    async (): Promise<{ address: string }[]> =>
      addresses.map((address) => ({ address }))

  it('takes a name whose addresses are all public', async () => {
    await checkInputUrl('https://example.com/a.mp4', rules, resolvesTo('93.184.216.34'))
  })

  it('refuses a name that has one private address', async () => {
    const check = checkInputUrl(
      'https://example.com/a.mp4?signature=secret',
      rules,
      resolvesTo('93.184.216.34', '10.0.0.1'),
    )
    await expect(check).rejects.toMatchObject({
      kind: 'InvalidInput',
      message:
        'the source https://example.com/a.mp4 resolves to a private address that MATTEFLOW_PRIVATE_HOSTS does not name: expected a public http or https URL',
    })
  })

  it('refuses a name that does not exist, and lets the fetch decide while the resolver is down', async () => {
    const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }))
    await expect(
      checkInputUrl('https://nowhere.example/', rules, failing('ENOTFOUND')),
    ).rejects.toMatchObject({
      kind: 'InvalidInput',
      message: expect.stringContaining('does not exist'),
    })
    await checkInputUrl('https://nowhere.example/', rules, failing('EAI_AGAIN'))
  })

  it('asks no resolver about the base URL and literal addresses', async () => {
    const never = () => Promise.reject(new Error('asked'))
    await checkInputUrl(`${BASE}/a.mp4`, rules, never)
    await checkInputUrl('https://8.8.8.8/a.mp4', rules, never)
    await expect(checkInputUrl('a.mp4', rules, never)).rejects.toMatchObject({ kind: 'InvalidInput' })
  })
})
