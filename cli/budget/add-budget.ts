import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { BudgetFlags } from './run-budget.ts'

export function addBudget(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('budget')
    .description('show or set what a project may hold and spend in all')
    .argument('[project]', 'the id of a project (default: all)')
    .option('--credits <limit>', 'the new limit in credits, or none')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  npx matteflow budget shop --credits 500')
    .action(async (project: string | undefined, flags: BudgetFlags) => {
      const { runBudget } = await import('./run-budget.ts')
      endWith(await runBudget(terminal, project, flags))
    })
}
