import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { inFull } from '../support/in-full.ts'
import { createUser, runCli } from './support/run-cli.ts'

/** A port that somebody else listens on. */
async function takenPort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  return String(typeof address === 'object' ? address?.port : 0)
}

const ELSEWHERE = { TEMPORAL_ADDRESS: '127.0.0.1:9', DATABASE_URL: 'postgres://127.0.0.1:9/none' }

type Row = [string, string[], Record<string, string>, { kind: string; exitCode: number; msg: string }]

it.each<Row>([
  [
    'worker without a key',
    ['worker'],
    {},
    { kind: 'InvalidRequest', exitCode: 2, msg: 'REMOVEBGVIDEO_API_KEY' },
  ],
  [
    'worker whose metrics port is taken',
    ['worker'],
    { ...ELSEWHERE, REMOVEBGVIDEO_API_KEY: 'x', METRICS_PORT: 'taken' },
    { kind: 'InvalidRequest', exitCode: 2, msg: 'METRICS_PORT: 127.0.0.1:' },
  ],
  [
    'sandbox whose port is taken',
    ['sandbox', '--port', 'taken'],
    {},
    { kind: 'InvalidRequest', exitCode: 2, msg: 'is in use by another process' },
  ],
  [
    'ledger whose home is no folder',
    ['ledger'],
    { MATTEFLOW_HOME: '/dev/null/home' },
    { kind: 'PlatformUnavailable', exitCode: 7, msg: 'MATTEFLOW_HOME: /dev/null/home cannot be written' },
  ],
  ...inFull<Row>(
    [
      'worker with a wrong flag',
      ['worker', '--bogus'],
      {},
      { kind: 'InvalidRequest', exitCode: 2, msg: '--bogus' },
    ],
    [
      'dev with a wrong variable',
      ['dev'],
      { REMOVEBGVIDEO_BASE_URL: 'nowhere' },
      { kind: 'InvalidRequest', exitCode: 2, msg: 'REMOVEBGVIDEO_BASE_URL' },
    ],
    [
      'stack with a wrong flag',
      ['stack', '--idle', 'soon'],
      {},
      { kind: 'InvalidRequest', exitCode: 2, msg: '--idle' },
    ],
    [
      'worker whose home is no folder',
      ['worker'],
      { ...ELSEWHERE, REMOVEBGVIDEO_API_KEY: 'x', MATTEFLOW_HOME: '/dev/null/home' },
      { kind: 'PlatformUnavailable', exitCode: 7, msg: 'MATTEFLOW_HOME: /dev/null/home cannot be written' },
    ],
  ),
])(
  'the failure of a %s is one record where the log is JSON, and lines elsewhere',
  async (_name, args, more, end) => {
    const taken = await takenPort()
    const put = (text: string) => (text === 'taken' ? taken : text)
    const user = await createUser()
    const given = Object.fromEntries(Object.entries(more).map(([name, value]) => [name, put(value)]))
    const environment = { ...user.environment, ...given }

    const json = await runCli(args.map(put), { environment: { ...environment, LOG_FORMAT: 'json' } })
    const plain = await runCli(args.map(put), { environment: { ...environment, LOG_FORMAT: 'pretty' } })

    const { exitCode, kind, msg } = end
    const records = json.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(records.at(-1)).toMatchObject({
      level: 'fatal',
      kind,
      msg: expect.stringContaining(msg),
      hint: expect.any(String),
    })
    expect(plain.stderr).toContain(msg)
    expect(plain.stderr).not.toContain('may be a bug')
    expect([json.exitCode, plain.exitCode]).toEqual([exitCode, exitCode])
  },
)
