import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import type { AddressInfo, Server } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectTemporal } from '../../../local/temporal/connect-temporal.ts'
import { explainSilence } from '../../../worker/temporal/explain-silence.ts'

/** A certificate of its own authority, for the name that is given. */
function selfSigned(name: string): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'matteflow-cert-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=test', '-addext', `subjectAltName=DNS:${name}`]
  const files = ['-keyout', key, '-out', cert]
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files],
    {
      stdio: 'ignore',
    },
  )
  return { key: readFileSync(key), cert: readFileSync(cert) }
}

async function at(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const plain = () =>
  at(createServer((socket) => socket.once('data', () => socket.end('HTTP/1.0 400 Bad\r\n\r\n'))))
const secure = (name: string) => {
  const pair = selfSigned(name)
  const server = createTlsServer({ ...pair, ALPNProtocols: ['h2'] }, (socket) => socket.on('error', () => {}))
  return at(server).then((address) => ({ address, authority: new Uint8Array(pair.cert) }))
}

describe('a Temporal server that cannot be talked to', () => {
  it('is nowhere', async () => {
    expect(await explainSilence({ address: 'no-such-host.invalid:7233', connection: {} })).toMatchObject({
      reason: expect.stringMatching(/its name is not known/),
      hint: expect.stringContaining('TEMPORAL_ADDRESS'),
    })
  })

  it('does not listen', async () => {
    expect(await explainSilence({ address: '127.0.0.1:9', connection: {} })).toMatchObject({
      reason: 'nothing listens there (ECONNREFUSED)',
    })
  })

  it('speaks no TLS where we do', async () => {
    expect(await explainSilence({ address: await plain(), connection: { tls: true } })).toMatchObject({
      reason: expect.stringContaining('it does not speak TLS'),
      hint: expect.stringContaining('TEMPORAL_TLS'),
    })
  })

  it('speaks TLS where we do not', async () => {
    const { address } = await secure('localhost')

    expect(await explainSilence({ address, connection: {} })).toMatchObject({
      reason: expect.stringContaining('TEMPORAL_TLS is not set'),
    })
  })

  it('has a certificate of an authority that we do not know, or of another name', async () => {
    const { address, authority } = await secure('temporal.example')
    const trusted = { serverRootCACertificate: authority }

    expect(await explainSilence({ address, connection: { tls: true } })).toMatchObject({
      reason: expect.stringContaining('an authority that is not trusted here'),
      hint: expect.stringContaining('TEMPORAL_TLS_SERVER_CA_CERT_PATH'),
    })
    expect(await explainSilence({ address, connection: { tls: trusted } })).toMatchObject({
      reason: expect.stringContaining('its certificate is for another name'),
      hint: expect.stringContaining('TEMPORAL_TLS_SERVER_NAME'),
    })
    const named = { ...trusted, serverNameOverride: 'temporal.example' }
    expect(await explainSilence({ address, connection: { tls: named } })).toBeNull()
  })

  it('is told with its address, the reason and what to do', async () => {
    await expect(
      connectTemporal({ address: await plain(), connection: { tls: true } }, { patienceMs: 0 }),
    ).rejects.toMatchObject({
      kind: 'PlatformUnavailable',
      message: expect.stringMatching(/^Temporal at 127.0.0.1:\d+ cannot be reached: it does not speak TLS/),
    })
  })
})
