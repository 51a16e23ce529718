import { describe, expect, it } from 'vitest'
import { isLoopback, proxiesFrom, proxyOf, shownProxy } from '../../domain/proxies.ts'

const PROXY = 'http://proxy.corp:3128'

describe('the variables', () => {
  it('are read in either case, the lower one first', () => {
    const environment = { HTTP_PROXY: 'http://a:1', http_proxy: 'http://b:2', HTTPS_PROXY: 'c:3' }
    expect(proxiesFrom(environment)).toEqual({ http: 'http://b:2', https: 'http://c:3', except: [] })
  })

  it('name no proxy where they are empty', () => {
    expect(proxiesFrom({ https_proxy: ' ', NO_PROXY: ' , ' })).toEqual({
      http: null,
      https: null,
      except: [],
    })
  })

  it('stand for their own scheme only', () => {
    const proxies = proxiesFrom({ HTTP_PROXY: PROXY })
    expect(proxyOf(proxies, new URL('http://api.example'))).toBe(PROXY)
    expect(proxyOf(proxies, new URL('https://api.example'))).toBeNull()
  })
})

describe('NO_PROXY', () => {
  const isProxied = (except: string, url: string): boolean =>
    proxyOf(proxiesFrom({ HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY, NO_PROXY: except }), new URL(url)) !== null

  it.each([
    ['example.com', 'https://example.com/a'],
    ['example.com', 'https://cdn.example.com/a'],
    ['.example.com', 'https://cdn.example.com/a'],
    ['*.example.com', 'https://cdn.example.com/a'],
    ['EXAMPLE.com', 'https://example.com./a'],
    ['example.com:8443', 'https://example.com:8443/a'],
    ['example.com:443', 'https://example.com/a'],
    ['other.org, example.com', 'http://example.com/a'],
    ['10.0.0.7', 'http://10.0.0.7/a'],
    ['10.0.0.0/8', 'http://10.255.0.7/a'],
    ['[fd00::1]', 'http://[fd00::1]:9000/a'],
    ['*', 'https://example.com/a'],
  ])('%s spares %s', (except, url) => {
    expect(isProxied(except, url)).toBe(false)
  })

  it.each([
    ['example.com', 'https://notexample.com/a'],
    ['example.com:8443', 'https://example.com/a'],
    ['10.0.0.0/8', 'http://11.0.0.7/a'],
    ['10.0.0.0/33', 'http://10.0.0.7/a'],
    ['', 'https://example.com/a'],
  ])('%s does not spare %s', (except, url) => {
    expect(isProxied(except, url)).toBe(true)
  })

  it.each([
    'http://127.0.0.1:4010',
    'http://127.8.9.1',
    'https://localhost:1',
    'http://a.localhost',
    'http://[::1]:2',
  ])('is not needed for %s', (url) => {
    expect(isProxied('', url)).toBe(false)
    expect(isLoopback(new URL(url).hostname)).toBe(true)
  })
})

it('shows a proxy without its credentials', () => {
  expect(shownProxy('http://ada:secret@proxy.corp:3128/')).toBe('http://proxy.corp:3128')
})
