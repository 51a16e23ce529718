import type { Command } from 'commander'
import type { Terminal } from './terminal.ts'

/** Hears what the process ends with. */
export type EndWith = (exitCode: number) => void

/** Adds one command to the program. What the command runs on is loaded only when it runs. */
export type AddCommand = (program: Command, terminal: Terminal, endWith: EndWith) => void

/** What every command that prints a result can do. */
export const JSON_FLAG = ['--json', 'print exactly one JSON document on stdout'] as const
