import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../../cli/create-program.ts'
import { nextStepLines } from '../../cli/removal/render-document.ts'
import { adviceFor } from '../../domain/failure-advice.ts'
import { FAILURES, isFailureKind } from '../../domain/failures.ts'
import { blankDocument } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { fakeTerminal } from './support/fake-terminal.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SOURCES = [
  'activities',
  'adapters',
  'cli',
  'client',
  'domain',
  'gateway',
  'local',
  'worker',
  'workflows',
]
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'AGENTS.md',
  ...(await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
]

interface Typed {
  where: string
  command: string
}

/** A command that a text tells somebody to type: in a code span, or a line of a code block of its own. */
function commandsIn(where: string, text: string): Typed[] {
  const spans = [...text.matchAll(/`(?:npx )?(matteflow (?!plugin:)[^`]*)`/g)]
  return spans.map(([, command = '']) => ({
    where,
    command: command.replace(/\s+#.*$/, '').trim(),
  }))
}

/** A line of a code block, or of the examples of --help. */
function linesIn(where: string, text: string): Typed[] {
  return [...text.matchAll(/^ *(?:[A-Z_]+=\S+ )*npx (matteflow .*)$/gm)].map(([, command = '']) => ({
    where,
    command: command.replace(/ +(#.*|\(.*\)|> \S+)$/, ''),
  }))
}

function typedInHelp(): Typed[] {
  return createProgram(fakeTerminal(), () => {}).commands.flatMap((command) => {
    let shown = ''
    command.configureOutput({ writeOut: (text) => (shown += text) }).outputHelp()
    return linesIn(`${command.name()} --help`, shown)
  })
}

/** What stands in source text for the values of a running program. */
function withValues(source: string): string {
  return source
    .replaceAll('\\`', '`')
    .replaceAll(/\$\{[^{}]*\}/g, 'rm_1')
    .replaceAll("\\'", "'")
}

async function sourceFiles(folder: string): Promise<string[]> {
  const found = await readdir(join(ROOT, folder), { recursive: true }).catch(() => [])
  return found.filter((name) => /\.tsx?$/.test(name)).map((name) => join(folder, name))
}

async function typedInSources(): Promise<Typed[]> {
  const files = (await Promise.all(SOURCES.map(sourceFiles))).flat()
  const found = files.map(async (path) =>
    commandsIn(path, withValues(await readFile(join(ROOT, path), 'utf8'))),
  )
  return (await Promise.all(found)).flat()
}

async function typedInPages(): Promise<Typed[]> {
  const found = PAGES.map(async (path) => {
    const text = await readFile(join(ROOT, path), 'utf8')
    return [...commandsIn(path, text), ...linesIn(path, text)]
  })
  return (await Promise.all(found)).flat()
}

/** As a shell takes a line apart. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  )
}

/** Parses a command by the real command line and runs nothing. */
async function parse(command: string): Promise<void> {
  const program = createProgram(fakeTerminal(), () => {})
  const silent = { writeOut: () => {}, writeErr: () => {} }
  for (const each of [program, ...program.commands]) each.configureOutput(silent)
  for (const each of program.commands) each.action(() => {}).exitOverride()
  await program.parseAsync(wordsOf(command).slice(1), { from: 'user' }).catch((error: unknown) => {
    // --help and --version end a command line well.
    if ((error as { exitCode?: number }).exitCode !== 0) throw error
  })
}

const typed = [
  ...typedInHelp(),
  ...(await typedInSources()),
  ...Object.keys(FAILURES)
    .filter(isFailureKind)
    .flatMap((kind) => {
      const failure = new RemovalFailure(kind, 'so it is', { removalId: 'rm_1' }).toDocument()
      const parked = { ...blankDocument({ id: 'rm_1', failure }), state: 'parked' as const }
      return [adviceFor(kind, 'rm_1').hint, ...nextStepLines(parked)].flatMap((line) =>
        commandsIn(`the advice about ${kind}`, line),
      )
    }),
]
const printed = await typedInPages()

describe('a command that a hint, a page of the Temporal UI or a line of the CLI tells somebody to type', () => {
  it('is there at all', () => {
    expect(typed.length).toBeGreaterThan(30)
    expect(typed.map(({ command }) => command)).toContain('matteflow resume rm_1 --as not-started')
  })

  it.each(typed)('can be pasted as it stands: $command ($where)', async ({ command }) => {
    expect(command).not.toMatch(/[–—|;&<>…$]/)
    await expect(parse(command)).resolves.toBeUndefined()
  })
})

describe('a command that a page tells somebody to type', () => {
  it('is there at all', () => {
    expect(printed.filter(({ where }) => where === 'docs/runbooks.md').length).toBeGreaterThan(15)
  })

  it.each(printed)('is one, with values in place of its <names>: $command ($where)', async ({ command }) => {
    const filled = command
      .replaceAll('<id>', 'rm_1')
      .replaceAll('<kind>', 'RateLimited')
      .replaceAll('<n>', '7')
      .replaceAll('<project>', 'shop')
      .replaceAll(/<[^>]*>/g, 'value')

    expect(filled).not.toMatch(/[–—|;&<>]/)
    await expect(parse(filled)).resolves.toBeUndefined()
  })
})

describe('a command that was typed with an en dash', () => {
  it('is refused', async () => {
    await expect(parse('matteflow resume rm_1 –as started')).rejects.toThrow()
  })
})
