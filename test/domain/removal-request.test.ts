import { describe, expect, it } from 'vitest'
import { parseRemovalRequest } from '../../domain/parse-request.schema.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'

const given = (fields: Record<string, unknown> = {}) => parseRemovalRequest({ source: 'clip.mp4', ...fields })

describe('a request that names a source alone', () => {
  it('has every default', () => {
    expect(given()).toEqual({
      source: 'clip.mp4',
      id: null,
      model: 'original',
      outputFormat: 'webm',
      background: { type: 'transparent' },
      textPrompt: null,
      composition: null,
      previewSeconds: null,
      maxCredits: null,
      fallback: 'none',
      strict: false,
      deadline: null,
      project: 'default',
      user: null,
      reference: null,
    })
  })
})

const WHOLE = {
  source: { url: 'https://example.com/clip.mp4?signature=1' },
  id: 'order-17',
  model: 'pro',
  outputFormat: 'mov',
  background: '#00FF7f',
  textPrompt: '  the dancer ',
  composition: {
    canvas: { width: 1080, height: 1920 },
    foreground: { anchor: 'bottom-center', scale: 0.8, offset: { x: 0, y: -20.5 } },
  },
  previewSeconds: 2.5,
  maxCredits: 12.5,
  fallback: 'light,human:mov',
  strict: true,
  deadline: '2h',
  project: 'shop.eu-1',
  user: 'user 7',
  reference: 'Bestellung #9',
}

describe('a request that says everything', () => {
  it('is understood', () => {
    expect(parseRemovalRequest(WHOLE)).toEqual({
      ...WHOLE,
      background: { type: 'color', color: '#00ff7f' },
      textPrompt: 'the dancer',
      fallback: [{ model: 'light' }, { model: 'human', outputFormat: 'mov' }],
      deadline: 7_200_000,
    })
  })

  it('parses to itself when it was parsed before', () => {
    const parsed = parseRemovalRequest(WHOLE)

    expect(parseRemovalRequest(parsed)).toEqual(parsed)
    expect(parseRemovalRequest(given())).toEqual(given())
    expect(parseRemovalRequest(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed)
  })
})

describe('values that may be written in several ways', () => {
  it.each([
    ['background', 'transparent', { type: 'transparent' }],
    ['background', '#ABCDEF', { type: 'color', color: '#abcdef' }],
    ['background', { type: 'color', color: '#ABCDEF' }, { type: 'color', color: '#abcdef' }],
    ['background', 'https://example.com/b.png', { type: 'image', imageUrl: 'https://example.com/b.png' }],
    ['fallback', 'auto', 'auto'],
    ['fallback', 'pro:webp', [{ model: 'pro', outputFormat: 'webp' }]],
    ['fallback', [{ model: 'human' }], [{ model: 'human' }]],
    ['deadline', '90s', 90_000],
    ['deadline', 1_500, 1_500],
    ['textPrompt', null, null],
    ['composition', { canvas: { width: 640, height: 480 } }, { canvas: { width: 640, height: 480 } }],
    ['source', { stored: 'inputs/a/b/clip.mp4' }, { stored: 'inputs/a/b/clip.mp4' }],
  ])('%s: %j', (field, written, meant) => {
    expect(given({ [field]: written })).toMatchObject({ [field]: meant })
  })

  it('mp4 goes with a colour behind', () => {
    expect(given({ outputFormat: 'mp4', background: '#ffffff' }).outputFormat).toBe('mp4')
  })
})

const WRONG: [fields: Record<string, unknown>, ...says: string[]][] = [
  [
    { source: 'https://name:word@example.com/clip.mp4' },
    'source.url: expected an absolute http or https URL',
  ],
  [{ source: undefined }, 'source: expected a file, { "url" } or { "stored" }'],
  [{ source: '' }, 'source: expected a file'],
  [{ source: { url: 'ftp://example.com/clip.mp4' } }, 'source.url: expected an absolute http or https URL'],
  [
    { source: { url: 'https://name:word@example.com/clip.mp4' } },
    'source.url: expected',
    'without user name',
  ],
  [{ source: { url: 'https://a.example/c.mp4', extra: 1 } }, 'source: unknown field extra'],
  [{ model: 'best' }, 'model: expected one of original, light, pro, human'],
  [{ outputFormat: 'mkv' }, 'outputFormat: expected one of webm, mov, mp4, gif, webp, png_sequence'],
  [{ textPrompt: 'the cat' }, 'textPrompt: works with the model pro only, not with original'],
  [{ model: 'pro', textPrompt: '   ' }, 'textPrompt: '],
  [{ outputFormat: 'mp4' }, 'background: mp4 has no alpha'],
  [{ outputFormat: 'mp4', background: 'transparent' }, 'choose webm or mov'],
  [{ background: '#12345' }, 'background: ', 'a colour as #rrggbb'],
  [{ background: '#gg0000' }, 'background: ', 'a colour as #rrggbb'],
  [{ background: 'rgb(300,0,0)' }, 'background: ', 'a colour as #rrggbb'],
  [{ background: 'file:///etc/passwd' }, 'background: ', 'http(s) URL'],
  [{ background: { type: 'color', color: '#1234567' } }, 'background.color: expected a colour as #rrggbb'],
  [{ composition: { canvas: { width: 640 } } }, 'composition.canvas.height: '],
  [{ composition: { canvas: { width: 0, height: 480 } } }, 'composition.canvas.width: '],
  [{ composition: { canvas: { width: 640.5, height: 480 } } }, 'composition.canvas.width: '],
  [
    { composition: { foreground: { anchor: 'left' } } },
    'composition.foreground.anchor: expected one of center',
  ],
  [{ composition: { foreground: { scale: -1 } } }, 'composition.foreground.scale: '],
  [{ composition: { foreground: { offset: { x: 1 } } } }, 'composition.foreground.offset.y: '],
  [{ composition: { zoom: 2 } }, 'composition: unknown field zoom'],
  [
    { composition: { canvas: { width: 16, height: 16, depth: 8 } } },
    'composition.canvas: unknown field depth',
  ],
  [{ previewSeconds: 0 }, 'previewSeconds: '],
  [{ previewSeconds: Number.NaN }, 'previewSeconds: '],
  [{ maxCredits: -1 }, 'maxCredits: '],
  [{ maxCredits: '5' }, 'maxCredits: '],
  [{ fallback: 'lite' }, 'fallback: ', 'expected none, auto, or a list like light,human:mov'],
  [{ fallback: 'light:avi' }, 'fallback: ', 'expected none, auto, or a list like light,human:mov'],
  [{ fallback: 'light:mov:webm' }, 'fallback: '],
  [{ fallback: 'light,' }, 'fallback: '],
  [{ fallback: [] }, 'fallback: '],
  [{ deadline: 'tomorrow' }, 'deadline: ', 'expected a duration like 90s, 15m, 2h or 1d'],
  [{ deadline: '-5m' }, 'deadline: '],
  [{ deadline: 0 }, 'deadline: '],
  [{ project: 'a project' }, 'project: expected 1 to 64 of A-Z a-z 0-9 . _ -'],
  [{ project: '' }, 'project: expected'],
  [{ user: '' }, 'user: '],
  [{ reference: 'x'.repeat(257) }, 'reference: '],
  [{ id: 'a/b' }, 'id: expected 1 to 64 of A-Z a-z 0-9 _ -'],
  [{ id: 'x'.repeat(65) }, 'id: expected'],
  [{ colour: '#ffffff' }, 'unknown field colour'],
  [{ modle: 'pro', formt: 'mov' }, 'unknown field modle, formt'],
]

describe('a wrong request', () => {
  it.each(WRONG)('%j is refused by name', (fields, ...says) => {
    const failure = refusalOf({ source: 'clip.mp4', ...fields })

    for (const part of says) expect(failure.message).toContain(part)
    expect(failure.message).not.toMatch(/zod|Invalid input$|\n/)
  })

  it('has every wrong field named', () => {
    const { message } = refusalOf({ source: 'clip.mp4', model: 'best', maxCredits: 0, deadline: 'soon' })

    expect(message).toMatch(/model: .*; maxCredits: .*; deadline: /)
  })

  it.each([null, 'clip.mp4', [], 7, undefined])('%s is no request', (value) => {
    expect(refusalOf(value).message).toMatch(/^request: /)
  })
})

function refusalOf(value: unknown): Error {
  try {
    parseRemovalRequest(value)
  } catch (error) {
    if (isRemovalFailure(error) && error.kind === 'InvalidRequest') return error
    throw error
  }
  throw new Error(`accepted: ${JSON.stringify(value)}`)
}

describe('a source that is the text of a URL', () => {
  it.each(['https://example.com/clip.mp4?signature=1', 'HTTP://example.com/clip.mp4'])(
    'means what { url } means: %s',
    (url) => {
      const parsed = parseRemovalRequest({ source: url })
      expect(parsed.source).toEqual({ url })
      expect(parseRemovalRequest(parsed)).toEqual(parseRemovalRequest({ source: { url } }))
    },
  )

  it('is a path where it is none', () => {
    expect(parseRemovalRequest({ source: 'https/clip.mp4' }).source).toBe('https/clip.mp4')
  })
})
