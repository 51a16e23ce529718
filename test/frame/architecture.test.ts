import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importPicture, importsBetweenLayers } from './support/import-picture.ts'
import { ROOT } from './support/temp-tree.ts'

const PAGE = join(ROOT, 'docs/architecture.md')
const PLACE = /(<!-- imports -->\n)[^]*?(<!-- \/imports -->)/

describe('the picture of docs/architecture.md', () => {
  it('shows what the code imports', async () => {
    const page = readFileSync(PAGE, 'utf8')
    expect(page).toMatch(PLACE)

    const drawn = page.replace(
      PLACE,
      (_, begin: string, end: string) => `${begin}\n${importPicture()}\n\n${end}`,
    )

    await expect(drawn).toMatchFileSnapshot(PAGE)
  })

  it('is drawn from imports that are really there', () => {
    const imports = importsBetweenLayers()

    expect([...(imports.get('domain') ?? [])]).toEqual([])
    expect([...(imports.get('activities') ?? [])]).toContain('adapters/ledger')
    expect([...(imports.get('cli') ?? [])]).toContain('local')
  })
})
