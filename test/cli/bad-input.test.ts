import { copyFile, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MAX_INPUT_BYTES } from '../../domain/container.ts'
import { blankDocument } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { clip } from '../support/clips.ts'
import type { User } from './support/run-cli.ts'
import { createUser, runCliHere } from './support/run-cli.ts'

const SETUP_MS = 60_000
const MP4_HEAD = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1')
const MATROSKA_HEAD = Buffer.from('\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska', 'latin1')

/** One sentence and its hint, and no stack trace. */
const SENTENCE = /^(InvalidRequest|InvalidInput): [^\n]+\n {2}[^\n]+\n$/

const started = process.cwd()
let user: User

// As on a terminal: elsewhere, roles say the same in JSON.
const cli = (args: string[], more: Record<string, string> = {}) =>
  runCliHere(args, { environment: { ...user.environment, LOG_FORMAT: 'pretty', ...more } })

// A key is there, so that nothing is refused for want of one; no stack and no Temporal.
beforeAll(async () => {
  user = await createUser()
  process.chdir(user.home)
  user.environment['REMOVEBGVIDEO_API_KEY'] = 'a-key-that-is-never-used'
  const at = (name: string) => join(user.home, name)
  await mkdir(at('folder.mp4'))
  await Promise.all([
    writeFile(at('empty.mp4'), ''),
    writeFile(at('notes.mp4'), 'Dear diary, this is no video at all.'),
    writeFile(at('clip.mkv'), Buffer.concat([MATROSKA_HEAD, Buffer.alloc(5_000)])),
    writeFile(at('still.mp4'), Buffer.from('\0\0\0\x18ftypheic\0\0\0\0heicmif1', 'latin1')),
    writeFile(at('headless.mp4'), Buffer.concat([MP4_HEAD, Buffer.alloc(5_000)])),
    writeFile(at('broken.json'), '{"canvas":'),
    writeFile(at('list.json'), '[1]'),
    writeFile(at('unknown.json'), '{"canvas":{"width":640,"height":360},"rotate":90}'),
    writeFile(at('tiny.json'), '{"canvas":{"width":1,"height":360}}'),
  ])
  const huge = await open(at('huge.mp4'), 'w')
  await huge.write(MP4_HEAD)
  await huge.truncate(MAX_INPUT_BYTES + 1)
  await huge.close()
  await copyFile(await clip('green'), at('clip.mp4'))
}, SETUP_MS)

afterAll(async () => {
  process.chdir(started)
  await rm(user.home, { recursive: true, force: true })
})

describe('an input that cannot be processed', () => {
  it.each([
    ['nothing', '', '<file or URL>: expected a video file or its http(s) URL'],
    ['missing', 'missing.mp4', 'missing.mp4 does not exist: expected a video file'],
    ['a folder', 'folder.mp4', 'folder.mp4: this is a folder, expected a video file'],
    ['no file', '/dev/null', '/dev/null is not a file: expected a video file'],
    ['empty', 'empty.mp4', 'empty.mp4: the file is empty'],
    ['not a video', 'notes.mp4', 'notes.mp4: this is not an mp4, mov, webm or avi video'],
    ['of another container', 'clip.mkv', 'clip.mkv: this is not an mp4, mov, webm or avi video'],
    ['a still image', 'still.mp4', 'still.mp4: this is not an mp4, mov, webm or avi video'],
    ['without a track', 'headless.mp4', 'headless.mp4: the file has no video track'],
    ['too large', 'huge.mp4', 'at most 500,000,000 are possible'],
    ['of another scheme', 'ftp://example.com/clip.mp4', '<file or URL>: expected'],
    ['with a password', 'https://me:secret@example.com/clip.mp4', '<file or URL>: expected'],
    ['on this machine', 'http://127.0.0.1:9/clip.mp4', '127.0.0.1'],
    ['in a private network', 'http://192.168.0.1/clip.mp4', '192.168.0.1'],
    ['at a cloud’s own address', 'http://169.254.169.254/latest/meta-data', '169.254.169.254'],
  ])('is refused when it is %s', async (_what, source, said) => {
    const run = await cli(['remove', source])

    expect(run.stderr).toContain(said)
    expect(run.stderr).toMatch(SENTENCE)
    expect(run.stderr).not.toContain('secret')
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
  })
})

describe('a clip that the demo cannot show', () => {
  it.each([
    ['missing', 'missing.mp4', 'missing.mp4 does not exist: expected a video file'],
    ['a folder', 'folder.mp4', 'folder.mp4: this is a folder, expected a video file'],
    ['not a video', 'notes.mp4', 'notes.mp4: this is not an mp4, mov, webm or avi video'],
  ])('is refused before anything is started when it is %s', async (_what, clip, said) => {
    const run = await cli(['demo', clip])

    expect(run.stderr).toContain(said)
    expect(run.stderr).not.toContain('sandbox')
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
  })
})

describe('a request that is wrong', () => {
  it.each([
    [['--model', 'best'], '--model: expected one of original, light, pro, human'],
    [['--format', 'mkv'], '--format: expected one of webm, mov, mp4, gif, webp, png_sequence'],
    [['--prompt', 'the dog'], '--prompt: works with the model pro only, not with original'],
    [['--format', 'mp4'], '--background: mp4 has no alpha'],
    [['--background', '#00gg00'], '--background: expected transparent, a colour as #rrggbb'],
    [['--background', 'rgb(0,256,0)'], '--background: expected transparent, a colour as #rrggbb'],
    [['--background', 'ftp://example.com/sky.png'], '--background: expected transparent'],
    [['--composition', 'missing.json'], '--composition: missing.json does not exist; expected a JSON file'],
    [['--composition', 'broken.json'], '--composition: broken.json is not JSON'],
    [['--composition', 'list.json'], '--composition: list.json: expected an object like'],
    [['--composition', 'unknown.json'], '--composition: unknown field rotate'],
    [['--composition', 'tiny.json'], '--composition.canvas.width: '],
    [['--preview', 'much'], '--preview: expected a number, not much'],
    [['--preview', '0'], '--preview: '],
    [['--max-credits', '-1'], '--max-credits: '],
    [['--fallback', 'cheapest'], '--fallback: expected none, auto, or a list like light,human:mov'],
    [['--deadline', 'soon'], '--deadline: expected a duration like 90s, 15m, 2h or 1d'],
    [['--project', 'my shop'], '--project: expected 1 to 64'],
    [['--id', 'a b'], '--id: expected 1 to 64'],
    [['--out', 'nowhere/clip.webm'], 'nowhere does not exist'],
    // Not even root may write there.
    [['--out', '/proc/clip.webm'], '--out: the folder /proc cannot be written'],
    [['--out', 'folder.mp4'], '--out: folder.mp4 is a folder; expected a file'],
    [['--out', 'clip.mp4'], '--out: clip.mp4 is the input; expected another file'],
    [['--out', 'clip.webm', '--detach'], '--out does not go with --detach'],
  ])('is refused before anything is started: %j', async (flags, said) => {
    const run = await cli(['remove', 'clip.mp4', ...flags])

    expect(run.stderr).toContain(said)
    expect(run.stderr).toMatch(SENTENCE)
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
  })

  it('is refused when a flag comes empty', async () => {
    const run = await cli(['remove', 'clip.mp4', '--preview', ''])

    expect(run.stderr).toContain('--preview: expected a number')
    expect(run.exitCode).toBe(2)
  })

  it('leaves nothing behind in the home', async () => {
    await cli(['remove', 'clip.mp4', '--model', 'best'])

    expect(await readdir(join(user.home, '.matteflow')).catch(() => [])).toEqual([])
  })

  it('is one document with --json: its failure, the id as given, and null for the rest', async () => {
    const run = await cli(['remove', 'missing.mp4', '--id', 'mine', '--json'])

    const nothing = blankDocument({ id: '', failure: new RemovalFailure('InvalidInput', '').toDocument() })
    expect(JSON.parse(run.stdout)).toEqual({
      ...Object.fromEntries(Object.keys(nothing).map((field) => [field, null])),
      id: 'mine',
      state: 'failed',
      failure: expect.objectContaining({ kind: 'InvalidInput', retryable: false }),
    })
    expect(run.exitCode).toBe(2)
  })
})

describe('a failure with --json', () => {
  it('of remove is the document of a removal, also when the command line cannot be meant', async () => {
    const run = await cli(['remove', 'clip.mp4', '--colour', 'red', '--json'])

    expect(JSON.parse(run.stdout)).toMatchObject({
      state: 'failed',
      credits: null,
      failure: { kind: 'InvalidRequest', message: "unknown option '--colour'" },
    })
    expect(run.exitCode).toBe(2)
  })

  it.each([
    [['list', '--since', 'lately'], {}, 2],
    [['list'], { TEMPORAL_ADDRESS: 'nowhere' }, 2],
    [['resume', '--all'], {}, 2],
    [['usage', '--by', 'mood'], {}, 2],
    [['reconcile', '--days', '0'], {}, 2],
    [['stop'], { LOG_LEVEL: 'loud' }, 2],
    [['doctor'], { METRICS_PORT: 'all' }, 2],
    [['status', 'a b'], {}, 2],
    [['budget', 'shop', '--credits', 'all'], {}, 2],
    [['replay', 'missing.json'], {}, 2],
  ])('of another command says what failed, as one document: %j', async (args, more, exitCode) => {
    const run = await cli([...args, '--json'], more)

    expect(JSON.parse(run.stdout)).toMatchObject({ failure: { kind: 'InvalidRequest' } })
    expect(JSON.parse(run.stdout)).not.toHaveProperty('state')
    expect(run.stderr).toMatch(SENTENCE)
    expect(run.exitCode).toBe(exitCode)
  })
})

describe('a command line that cannot be meant', () => {
  it.each([
    [['remove', 'clip.mp4', '--colour', 'red'], "unknown option '--colour'"],
    [['remove'], "missing required argument 'file or URL'"],
    [['remove', 'clip.mp4', 'other.mp4'], 'too many arguments'],
    [['remvoe', 'clip.mp4'], "unknown command 'remvoe'"],
    [['list', '--state', 'lost'], 'Allowed choices are accepted'],
    [['resume', 'rm_1', '--as', 'maybe'], 'Allowed choices are started, not-started'],
    [['status'], "missing required argument 'id'"],
  ])('ends with 2 and points to --help: %j', async (args, said) => {
    const run = await cli(args)

    expect(run.stderr).toContain(said)
    expect(run.stderr).not.toMatch(/^ {4}at /m)
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
  })

  it.each([
    [['status', 'a b'], '<id>: expected 1 to 64 of A-Z a-z 0-9 _ -, not a b'],
    [['watch', 'rm_1', '--out', 'folder.mp4'], '--out: folder.mp4 is a folder; expected a file'],
    [['watch', 'rm_1', '--refused'], '--refused: expected --out as well'],
    [['resume', 'rm_1', '--max-credits', 'few'], '--max-credits: expected a number, not few'],
    [['watch', 'rm/1'], '<id>: expected 1 to 64'],
    [['cancel', '../rm_1'], '<id>: expected 1 to 64'],
    [['list', '--since', 'lately'], '--since: expected a duration like 2h or 30d, or a date'],
    [['list', '--limit', '0'], '--limit: expected a number, at least 1, not 0'],
    [['sandbox', '--port', '65536'], '--port: expected a number, at least 0, at most 65535, not 65536'],
    [['sandbox', '--host', 'everywhere'], '--host: expected an IP address like 0.0.0.0, not everywhere'],
    [
      ['sandbox', '--public-url', 'sandbox:4010'],
      '--public-url: expected http:// or https:// with a host and perhaps a port, not sandbox:4010',
    ],
    [['sandbox', '--speed', '0'], '--speed: expected a number, at least 0.001, not 0'],
    [['dev', '--speed', 'fast'], '--speed: expected a number, at least 0.001, not fast'],
  ])('names the flag and what would be right: %j', async (args, said) => {
    const run = await cli(args)

    expect(run.stderr).toContain(said)
    expect(run.stderr).toMatch(SENTENCE)
    // The removal that was named may well have bought something.
    if (args.includes('rm_1')) expect(run.stderr).not.toContain('nothing was bought')
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
  })
})

describe('an environment that is wrong', () => {
  it.each([
    ['REMOVEBGVIDEO_BASE_URL', 'api.example.com', 'http:// or https://'],
    ['REMOVEBGVIDEO_KEY_ALIAS', 'my key', '1 to 64'],
    ['REMOVEBGVIDEO_RETIRED_KEYS', 'rbv-secret', 'alias:key pairs'],
    ['MATTEFLOW_OUTPUT_HOSTS', 'https://cdn.example.com', 'host or host:port'],
    ['MATTEFLOW_CALL_TIMEOUT', '45s', 'at most 30s'],
    ['MATTEFLOW_OUTAGE_BUDGET', 'long', 'a duration like'],
    ['MATTEFLOW_SUBMIT_RATE', '20', 'calls per second like 20/s'],
    ['DATABASE_URL', 'mysql://me:rbv-secret@db/books', 'postgres://'],
    ['STORAGE_URL', 'https://bucket', 'file:///folder or s3://bucket/prefix'],
    ['STORAGE_URL', 's3://', 'file:///folder or s3://bucket/prefix'],
    ['REMOVEBGVIDEO_API_KEY', 'rbv-secret\nb', 'printable ASCII'],
    ['TEMPORAL_ADDRESS', 'temporal:99999', 'host:port'],
    ['GATEWAY_TOKENS', 'rbv-secret', 'project:token pairs'],
    ['GATEWAY_TOKENS', 'a:rbv-secret,b:rbv-secret', 'every token once'],
    ['METRICS_PORT', '99999', 'a port from 0 to 65535'],
    ['LOG_LEVEL', 'loud', 'one of trace, debug'],
    ['LOG_FORMAT', 'xml', 'one of json, pretty'],
  ])('ends with 2 and names the variable, never a secret: %s', async (name, value, expected) => {
    const run = await cli(['status', 'rm_1'], { [name]: value })

    expect(run.stderr).toContain(`InvalidRequest: ${name}: expected `)
    expect(run.stderr).toContain(expected)
    expect(run.stderr).toMatch(SENTENCE)
    expect(run.stderr).not.toContain('rbv-secret')
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
  })
})

describe('a key of Temporal that no header can carry', () => {
  it('ends with 2 and is not shown', async () => {
    const run = await cli(['status', 'rm_1'], {
      TEMPORAL_ADDRESS: '127.0.0.1:9',
      TEMPORAL_API_KEY: 'rbv-secret\nb',
    })

    expect(run.stderr).toContain('TEMPORAL_API_KEY: expected printable ASCII')
    expect(run.stderr).not.toContain('rbv-secret')
    expect(run.exitCode).toBe(2)
  })
})

describe('no key', () => {
  it.each([[['worker']], [['remove', 'clip.mp4']]])(
    'is said, with the way that needs none: %j',
    async (args) => {
      const run = await cli(args, { REMOVEBGVIDEO_API_KEY: '' })

      expect(run.stderr).toContain('REMOVEBGVIDEO_API_KEY is not set')
      expect(run.stderr).toContain('matteflow dev')
      expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    },
  )
})

describe('a Temporal that is not there', () => {
  it('ends with 7 and one line that names it', async () => {
    const run = await cli(['status', 'rm_1'], { TEMPORAL_ADDRESS: '127.0.0.1:9' })

    expect(run.stderr).toMatch(/^PlatformUnavailable: [^\n]*127\.0\.0\.1:9[^\n]*\n {2}[^\n]+\n$/)
    expect(run).toMatchObject({ exitCode: 7, stdout: '' })
  }, 60_000)
})
