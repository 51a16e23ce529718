import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from './support/temp-tree.ts'

interface Listed {
  components: { name: string }[]
}

describe('the list of what the image is made of', () => {
  it('names every package that is shipped, those that development needs as well, and no other', () => {
    const all = execFileSync('npm', ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'], {
      cwd: ROOT,
      maxBuffer: 64 * 1024 * 1024,
    })
    const shipped = execFileSync(process.execPath, [join(ROOT, 'scripts/shipped-parts.mjs')], {
      input: all,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    })

    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { dev?: boolean }>
    }
    const expected = Object.entries(packages).flatMap(([path, { dev }]) =>
      path === '' || dev === true ? [] : [path.split('node_modules/').at(-1) ?? ''],
    )
    const names = (JSON.parse(shipped) as Listed).components.map(({ name }) => name)
    expect([...new Set(names)].toSorted()).toEqual([...new Set(expected)].toSorted())
    expect(names).toContain('fastify')
  })
})
