import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const FOLDER = join(import.meta.dirname, '../../../adapters/ledger/migrations')
/** The first two made the tables; from then on a build of before may be at work on them. */
const LATER = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.sql'))
  .filter((name) => !/^000[01]_/.test(name))

/** What the build before would stumble over, and what to do instead. */
const FORBIDDEN: [pattern: RegExp, why: string][] = [
  [/\bdrop\s+table\b/i, 'a table that it still reads'],
  [/\bdrop\s+column\b/i, 'a column that it still reads'],
  [/\brename\b/i, 'a name that it still says'],
  [/\balter\s+column\b[^;]*\b(set\s+data\s+)?type\b/i, 'a type that it does not expect'],
  [/\balter\s+column\b[^;]*\bset\s+not\s+null\b/i, 'a value that it does not write'],
  [/\badd\s+column\b(?![^;,]*\bdefault\b)[^;,]*\bnot\s+null\b/i, 'a value that it does not write'],
  [/\btruncate\b|\bdelete\s+from\b/i, 'rows that it still reads'],
  [/"public"\./i, 'a schema that need not be ours: the search_path names it'],
]

/** The first rule that a migration breaks; null where it only adds. */
function brokenRule(sql: string): string | null {
  const statements = sql.replaceAll(/--[^\n]*/g, '')
  return FORBIDDEN.find(([pattern]) => pattern.test(statements))?.[1] ?? null
}

describe('a migration', () => {
  it.each(LATER)('only adds, since the build before works on its tables: %s', (name) => {
    expect(brokenRule(readFileSync(join(FOLDER, name), 'utf8'))).toBeNull()
  })

  it.each([
    'ALTER TABLE "removals" DROP COLUMN "model";',
    'DROP TABLE "parks";',
    'ALTER TABLE "removals" RENAME COLUMN "model" TO "kind";',
    'ALTER TABLE "removals" ALTER COLUMN "model" SET DATA TYPE integer;',
    'ALTER TABLE "removals" ALTER COLUMN "user_id" SET NOT NULL;',
    'ALTER TABLE "removals" ADD COLUMN "tenant" text NOT NULL;',
    'DELETE FROM "parks";',
    'ALTER TABLE "parks" ADD CONSTRAINT "fk" FOREIGN KEY ("removal") REFERENCES "public"."removals"("id");',
  ])('that does more is found: %s', (sql) => {
    expect(brokenRule(sql)).not.toBeNull()
  })

  it('may add what has a default, or may be missing', () => {
    expect(brokenRule('ALTER TABLE "removals" ADD COLUMN "kept" boolean DEFAULT false NOT NULL;')).toBeNull()
    expect(brokenRule('ALTER TABLE "removals" ADD COLUMN "tenant" text;')).toBeNull()
  })
})
