import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from './support/temp-tree.ts'

const VENDOR_PAGE = 'docs/vendors/removebgvideo.md'
const READ = /\.(ts|mts|mjs|js|md|ya?ml|json|go)$|Dockerfile$/
const NOT_OURS =
  /^(package-lock\.json|test\/histories\/|test\/archived-payloads\/|adapters\/ledger\/migrations\/)/

/** A citation in one of our files: a page, and perhaps a section of it. */
interface Citation {
  file: string
  line: number
  page: string
  section: string | undefined
}

const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => READ.test(file) && !NOT_OURS.test(file) && existsSync(join(ROOT, file)))

function citationsOf(file: string): Citation[] {
  return readFileSync(join(ROOT, file), 'utf8')
    .split('\n')
    .flatMap((text, index) =>
      [...text.matchAll(/(?<![\w/-])((?:[\w.-]+\/)*[\w-]+\.md)\b(?: §(\d+(?:\.\d+)?))?/g)].map(
        ([, page = '', section]) => ({ file, line: index + 1, page, section }),
      ),
    )
}

const sections = new Set(
  readFileSync(join(ROOT, VENDOR_PAGE), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, heading] = /^## (\d+)\./.exec(line) ?? []
      const [, point] = /^(\d+)\. \*\*/.exec(line) ?? []
      return [...(heading ? [heading] : []), ...(point ? [`19.${point}`] : [])]
    }),
)

const isThere = ({ file, page, section }: Citation): boolean => {
  const found = [page, join(dirname(file), page)].find((path) => existsSync(join(ROOT, path)))
  if (found === undefined) return false
  return section === undefined || found !== VENDOR_PAGE || sections.has(section)
}

const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0')
const folders = new Set(tracked.filter((file) => file.includes('/')).map((file) => file.split('/')[0]))

/** Paths within the repository that a page names in code style: those that begin with one of its folders. */
function pathsIn(file: string, text: string): Citation[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(/`((?:[\w.-]+\/)+[\w.-]*)`/g)]
        .filter(([, path = '']) => folders.has(path.split('/')[0]))
        .map(([, page = '']) => ({ file, line: index + 1, page, section: undefined })),
    )
}

describe('a path that a page names', () => {
  it('is in the repository', () => {
    const named = files
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) => pathsIn(file, readFileSync(join(ROOT, file), 'utf8')))

    expect(named.length).toBeGreaterThan(200)
    expect(named.filter((path) => !isThere(path))).toEqual([])
  })

  it('is missed when it is not there', () => {
    const [path] = pathsIn('docs/a.md', 'by `domain/nothing.ts`, of `matteflow/plugin`')

    expect(path).toMatchObject({ page: 'domain/nothing.ts', line: 1 })
    expect(path && isThere(path)).toBe(false)
  })
})

describe('a page that is cited', () => {
  it('is in the repository, with the section that is named', () => {
    const dangling = files
      .filter((file) => file !== 'test/frame/citations.test.ts')
      .flatMap(citationsOf)
      .filter((citation) => !isThere(citation))

    expect(dangling).toEqual([])
  })

  it('is named by its path, never as a chapter of something unnamed', () => {
    const vague = files
      .filter((file) => file !== 'test/frame/citations.test.ts')
      .filter((file) => /\bdesign(?:'s)? §|\bthe design's\b/.test(readFileSync(join(ROOT, file), 'utf8')))

    expect(vague).toEqual([])
  })

  it('is missed when it is not there', () => {
    expect(isThere({ file: 'domain/a.ts', line: 1, page: 'docs/nowhere.md', section: undefined })).toBe(false)
    expect(isThere({ file: 'domain/a.ts', line: 1, page: VENDOR_PAGE, section: '20' })).toBe(false)
    expect(isThere({ file: 'domain/a.ts', line: 1, page: VENDOR_PAGE, section: '19.11' })).toBe(true)
  })
})
