import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateDrizzleJson } from 'drizzle-kit/api'
import { describe, expect, it } from 'vitest'
import * as ledgerSchema from '../../../adapters/ledger/schema.ts'
import * as webhookSchema from '../../../adapters/ledger/webhook-schema.ts'

const FOLDER = join(import.meta.dirname, '../../../adapters/ledger/migrations')
/** The first two made the tables; from then on a build of before may be at work on them. */
const LATER = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.sql'))
  .filter((name) => !/^000[01]_/.test(name))

/** Comments, texts and bodies of functions, in which a semicolon ends nothing. */
const OPAQUE = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|\$\$[\s\S]*?\$\$/g
const TYPE = '(?:text|integer|bigint|boolean|jsonb|double precision|timestamp with time zone)(?:\\[\\])?'
const DEFAULT = " DEFAULT (?:''|true|false|-?\\d+|now\\(\\))"

/** The build before meets these everywhere, and goes on as before: it reads what it read and writes what it wrote. */
const ADDS: readonly RegExp[] = [
  /^CREATE TABLE "\w+" \((?!.*\bREFERENCES\b).*\)$/,
  new RegExp(`^ALTER TABLE "\\w+" ADD COLUMN "\\w+" ${TYPE}(?:${DEFAULT}(?: NOT NULL)?)?$`),
  /^CREATE INDEX "\w+" ON "\w+" /,
]
/** And these on tables that the same migration makes, which it does not know. */
const ON_NEW_TABLES: readonly RegExp[] = [
  /^ALTER TABLE "(\w+)" ADD CONSTRAINT "\w+" FOREIGN KEY \([^)]*\) REFERENCES "(\w+)"\([^)]*\)[\w ]*$/,
  /^ALTER TABLE "(\w+)" ADD CONSTRAINT "\w+" (?:CHECK|UNIQUE) /,
  /^CREATE UNIQUE INDEX "\w+" ON "(\w+)" /,
  /^INSERT INTO "(\w+)" /,
]
/** What else is in a migration, and why the build before does not stumble over it. */
const SPECIAL: Record<string, Record<string, string>> = {
  '0004_joins_and_balances.sql': {
    'ALTER TABLE "joined_removals" ADD CONSTRAINT "joined_removals_into_id_removals_id_fk"':
      'no build removes the row of a removal',
    'CREATE UNIQUE INDEX "removals_joinable"':
      'it holds rows with `joinable` alone, which older builds leave null',
    'CREATE UNIQUE INDEX "ledger_entries_closed_once"': 'every build closes a purchase once',
    'CREATE FUNCTION "keep_project_balances"()': 'the function writes a new table alone',
    'CREATE TRIGGER "ledger_entries_balances"': 'it keeps the balances for builds that know none',
  },
}

/** The statements of a migration that do more than add. */
function unsafeStatements(sql: string, special: Record<string, string> = {}): string[] {
  const statements = sql
    .replaceAll(OPAQUE, (part) => (part.startsWith("'") ? "''" : part.startsWith('$$') ? '$$$$' : ' '))
    .split(';')
    .map((statement) => statement.replaceAll(/\s+/g, ' ').trim())
    .filter((statement) => statement !== '')
  const made = new Set(statements.map((statement) => /^CREATE TABLE "(\w+)"/.exec(statement)?.[1]))
  return statements.filter((statement) => {
    // The schema need not be ours: the search_path names it.
    if (/"public"\./.test(statement)) return true
    if (ADDS.some((pattern) => pattern.test(statement))) return false
    if (Object.keys(special).some((beginning) => statement.startsWith(beginning))) return false
    const [, ...tables] =
      ON_NEW_TABLES.map((pattern) => pattern.exec(statement)).find((match) => match !== null) ?? []
    return tables.length === 0 || tables.some((table) => !made.has(table))
  })
}

describe('a migration', () => {
  it.each(LATER)('only adds, since the build before works on its tables: %s', (name) => {
    expect(unsafeStatements(readFileSync(join(FOLDER, name), 'utf8'), SPECIAL[name])).toEqual([])
  })

  it.each([
    'ALTER TABLE "removals" DROP COLUMN "model";',
    'ALTER TABLE "removals" DROP "model";',
    'DROP TABLE "parks";',
    'ALTER TABLE "removals" RENAME COLUMN "model" TO "kind";',
    'ALTER TABLE "removals" ALTER COLUMN "model" SET DATA TYPE integer;',
    'ALTER TABLE "removals" ALTER COLUMN "user_id" SET NOT NULL;',
    'ALTER TABLE "vendor_jobs" ALTER COLUMN "start_answer" DROP DEFAULT;',
    'ALTER TABLE "removals" ADD COLUMN "tenant" text NOT NULL;',
    'ALTER TABLE "removals" ADD "tenant" text NOT NULL;',
    'ALTER TABLE "removals" ADD COLUMN "tenant" text UNIQUE;',
    'ALTER TABLE "removals" ADD COLUMN "kept" text, DROP COLUMN "model";',
    'ALTER TABLE "removals" ADD CONSTRAINT "known" CHECK ("model" <> \'x\');',
    'CREATE UNIQUE INDEX "once" ON "removals" USING btree ("reference");',
    'UPDATE "removals" SET "project" = \'default\';',
    'INSERT INTO "budgets" ("project") VALUES (\'default\');',
    'DELETE FROM "parks";',
    'CREATE TRIGGER "t" BEFORE INSERT ON "removals" FOR EACH ROW EXECUTE FUNCTION "f"();',
    'CREATE TABLE "notes" ("id" text); DROP TABLE "parks";',
    'CREATE TABLE "notes" ("id" text REFERENCES "removals"("id"));',
    'CREATE TABLE "notes" ("id" text DEFAULT \'--\'); DROP TABLE "parks";',
    'CREATE TABLE "notes" ("id" text); ALTER TABLE "notes" ADD CONSTRAINT "fk" FOREIGN KEY ("id") REFERENCES "removals"("id");',
    'ALTER TABLE "parks" ADD CONSTRAINT "fk" FOREIGN KEY ("removal") REFERENCES "public"."removals"("id");',
  ])('that does more is found: %s', (sql) => {
    expect(unsafeStatements(sql)).toHaveLength(1)
  })

  it.each([
    'ALTER TABLE "removals" ADD COLUMN "kept" boolean DEFAULT false NOT NULL;',
    'ALTER TABLE "removals" ADD COLUMN "tenant" text; -- the tenant; or none',
    'CREATE INDEX "by_tenant" ON "removals" USING btree ("tenant") WHERE closed_at is null;',
    'CREATE TABLE "notes" ("id" text NOT NULL); CREATE UNIQUE INDEX "once" ON "notes" USING btree ("id");',
  ])('may add what has a default or may be missing, and a table with all that is its own: %s', (sql) => {
    expect(unsafeStatements(sql)).toEqual([])
  })

  it('is there for every change of the schema: `npm run migration` makes it', () => {
    const snapshots = readdirSync(join(FOLDER, 'meta')).filter((name) => name.endsWith('_snapshot.json'))
    const last = readFileSync(join(FOLDER, 'meta', snapshots.toSorted().at(-1) ?? ''), 'utf8')
    const migrated = JSON.parse(last) as { id: string; prevId: string }

    const written = generateDrizzleJson({ ...ledgerSchema, ...webhookSchema }, migrated.prevId)

    expect(JSON.parse(JSON.stringify({ ...written, id: migrated.id }))).toEqual(migrated)
    expect(snapshots).toHaveLength(LATER.length + 2)
  })
})
