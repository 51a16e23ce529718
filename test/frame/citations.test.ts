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
