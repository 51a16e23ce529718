import { createProgram } from '../../../cli/create-program.ts'
import { createTerminal } from '../../../cli/terminal/terminal.ts'
import { ENVIRONMENT } from '../../../domain/environment.ts'
import { FAILURE_MEANING } from '../../../domain/failure-meaning.ts'
import type { FailureKind } from '../../../domain/failures.ts'
import { FAILURES, ruleOf } from '../../../domain/failures.ts'
import { DEFAULT_POLICY_SETTINGS, policiesFrom } from '../../../domain/policies.ts'
import { searchAttributes } from '../../../workflows/messages.ts'

const PARKS = {
  never: 'no',
  'at-once': 'yes',
  'after-budget': 'after its budget',
  'after-start': 'when anything was bought',
}
const WAKES = { person: '`resume`', time: 'by itself, or `resume`' }
const FALLBACK = { never: 'no', another: 'yes', cheaper: 'to a cheaper model' }

/** What stands between `<!-- name -->` and `<!-- /name -->` of docs/reference.md. */
export function referenceTables(): Record<string, string> {
  return {
    commands: commands(),
    environment: table(
      ['variable', 'default', 'meaning'],
      Object.entries(ENVIRONMENT).map(([name, row]) => [`\`${name}\``, row.default, row.meaning]),
    ),
    kinds: table(
      ['kind', 'when', 'retried', 'parks', 'goes on', 'may fall back', 'HTTP', 'exit'],
      (Object.keys(FAILURES) as FailureKind[]).map((kind) => {
        const { retryable, parks, wakes, fallback, httpStatus, exitCode } = ruleOf(kind)
        const facts = [
          retryable ? 'yes' : 'no',
          PARKS[parks],
          wakes === null ? '–' : WAKES[wakes],
          FALLBACK[fallback],
        ]
        return [`\`${kind}\``, FAILURE_MEANING[kind], ...facts, String(httpStatus), String(exitCode)]
      }),
    ),
    temporal: temporal(),
  }
}

function commands(): string {
  const program = createProgram(createTerminal(process), () => {})
  const shown = program.createHelp().visibleCommands(program)
  return table(
    ['command', 'does', 'flags'],
    shown.map((command) => [
      `\`${[command.name(), ...command.registeredArguments.map((argument) => bracketed(argument.name()))].join(' ')}\``,
      command.description(),
      command.options.map(({ flags }) => `\`${flags}\``).join(' '),
    ]),
  )
}

function bracketed(name: string): string {
  return name.startsWith('<') ? name : `<${name}>`
}

function temporal(): string {
  const activities = Object.entries(policiesFrom(DEFAULT_POLICY_SETTINGS)).map(([name, { taskQueue }]) => [
    `\`${name}\``,
    `\`${taskQueue}\``,
  ])
  const attributes = Object.values(searchAttributes).map(({ name, type }) => [`\`${name}\``, type])
  return [
    table(['activity', 'task queue'], activities),
    table(['search attribute', 'type'], attributes),
  ].join('\n\n')
}

function table(head: string[], rows: string[][]): string {
  const escaped = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, column) => Math.max(3, ...escaped.map((row) => row[column]?.length ?? 0)))
  const line = (row: string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [first = [], ...rest] = escaped
  return [line(first), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest.map(line)].join(
    '\n',
  )
}
