import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { referenceTables } from './support/reference-tables.ts'
import { ROOT } from './support/temp-tree.ts'

const PAGE = join(ROOT, 'docs/reference.md')

describe('the tables of docs/reference.md', () => {
  it('say what the code says', async () => {
    const page = readFileSync(PAGE, 'utf8')
    const written = Object.entries(referenceTables()).reduce(
      (text, [name, table]) =>
        text.replace(
          new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`),
          (_, begin: string, end: string) => `${begin}\n${table}\n\n${end}`,
        ),
      page,
    )

    await expect(written).toMatchFileSnapshot(PAGE)
  })

  it('are each on the page', () => {
    const page = readFileSync(PAGE, 'utf8')

    for (const name of Object.keys(referenceTables())) expect(page).toContain(`<!-- ${name} -->`)
  })
})
