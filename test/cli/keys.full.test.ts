import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { startRemovalEnvironment } from '../../testing/removal-environment.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { jsonFromHistory } from '../../worker/replay/history-json.ts'
import { clip } from '../support/clips.ts'
import { untilParkedFor } from '../workflows/support/observe.ts'
import { createUser, runCli } from './support/run-cli.ts'

const BIN = fileURLToPath(new URL('../../cli/matteflow.js', import.meta.url))
const KEYS = ['new', 'old'].map((id) => `${id}:${randomBytes(32).toString('base64')}`)

let removals: RemovalEnvironment
let user: Record<string, string>
let home: string
let history: string

beforeAll(async () => {
  const temporal = await startTemporalServer('dev')
  removals = await startRemovalEnvironment({
    temporal,
    variables: { MATTEFLOW_PAYLOAD_KEYS: KEYS[1] ?? '' },
    sandbox: { credits: 0, modes: { instant: true } },
  })
  const { environment, home: folder } = await createUser()
  home = folder
  user = { ...environment, TEMPORAL_ADDRESS: temporal.address }
  const handle = await removals.start({ id: 'without-credits', source: await clip('green') })
  await untilParkedFor(removals, handle, 'InsufficientCredits')
  history = join(home, 'history.json')
  await writeFile(history, JSON.stringify(jsonFromHistory(await handle.fetchHistory())))
})

afterAll(async () => {
  await removals?.close()
  await removals?.temporal.teardown()
})

/** The keys in a file, as a secret of a cluster is mounted. */
async function withKeys(...lines: string[]): Promise<Record<string, string>> {
  const path = join(home, `keys-${lines.length}`)
  await writeFile(path, `${lines.join('\n')}\n`)
  return { ...user, MATTEFLOW_PAYLOAD_KEYS_FILE: path }
}

describe('the command line where payloads are encrypted', () => {
  it('replays histories, of files and of the server, with the key, and without names the one that is missing', async () => {
    const keys = await withKeys(...KEYS)
    const runs = []
    for (const environment of [keys, user])
      runs.push(
        await runCli(['replay', history], { environment }),
        await runCli(['replay', '--open'], { environment }),
      )

    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 2, 7])
    expect(runs.slice(0, 2).map(({ stdout }) => stdout)).toEqual([
      `replays ${history}\n`,
      'replays removal/without-credits\n',
    ])
    for (const { stderr } of runs.slice(2))
      expect(stderr).toContain('encrypted with the key old, which is missing here')
  })

  it('counts payloads by key, and says of each what may be done with it', async () => {
    const environment = await withKeys(...KEYS)

    const json = await runCli(['keys', '--json'], { environment })
    const table = await runCli(['keys'], { environment })
    const without = await runCli(['keys'], { environment: user })

    expect(JSON.parse(json.stdout)).toEqual([
      { keyId: 'new', role: 'encrypts', payloads: 0, histories: 0, open: 0, schedules: 0 },
      {
        keyId: 'old',
        role: 'decrypts',
        payloads: expect.any(Number) as number,
        histories: 1,
        open: 1,
        schedules: 0,
      },
    ])
    expect(table.stdout).toMatch(/^key .*\nnew +encrypts +0 .*\nold +decrypts +\d+ +1 +1 +0/)
    expect(table.stderr).toContain('old: still needed by 1 histories, 1 of them open')
    expect(without.stdout).toMatch(/old +missing here +\d+ +1 +1/)
    expect([json, table, without].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
  })

  it('shows and lists removals with the key, and without names the one that is missing', async () => {
    const status = ['status', 'without-credits', '--json']
    const shown = await runCli(status, { environment: await withKeys(...KEYS) })
    const refused = await runCli(status, { environment: user })

    expect(JSON.parse(shown.stdout)).toMatchObject({
      state: 'parked',
      failure: { kind: 'InsufficientCredits' },
    })
    expect(refused.exitCode).toBe(7)
    expect(refused.stderr).toContain('MATTEFLOW_PAYLOAD_KEYS')
  })
})

describe('the commands of docs/security.md', () => {
  it('make a key, count payloads by it, and serve a codec that answers whoever has its token', async () => {
    const page = await readFile(join(import.meta.dirname, '../../docs/security.md'), 'utf8')
    const [first = '', second = ''] = [...page.matchAll(/```sh\n([^`]*)```/g)].map(([, block]) => block)
    const script = [
      first,
      second.replace('npx matteflow codec', 'echo token $CODEC_TOKENS; npx matteflow codec'),
    ].join('\n')
    const shell = spawn('bash', ['-ec', `npx() { shift; "${process.execPath}" "${BIN}" "$@"; }\n${script}`], {
      env: { ...user, CODEC_PORT: '0', LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    onTestFinished(() => void process.kill(-(shell.pid ?? 0), 'SIGTERM'))
    let said = ''
    for await (const chunk of shell.stdout) {
      said += String(chunk)
      if (/^url /m.test(said)) break
    }
    const [, token = ''] = /^token (\S+)$/m.exec(said) ?? []
    const [, url = ''] = /^url (\S+)$/m.exec(said) ?? []

    const answers = await Promise.all(
      [`${url}/decode`, `${url}/${token}/decode`].map((place) =>
        fetch(place, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"payloads":[]}',
        }),
      ),
    )

    expect(said).toMatch(/^2026-11 +encrypts +0 /m)
    expect(said).toMatch(/^old +missing here +\d+ /m)
    expect(answers.map(({ status }) => status)).toEqual([401, 200])
  })
})
