import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { WebhookFlags } from './run-webhooks.ts'

export function addWebhooks(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('webhooks')
    .description('endpoints that hear of ends and parks: add, list, remove, rotate, deliveries, replay, test')
    .argument('<action>', 'add, list, remove, rotate, deliveries, replay or test')
    .argument('[what]', 'add: the URL; replay: an event or delivery; else the id of an endpoint')
    .option('--project <id>', 'add: whose removals it hears of (default: default); else only of this project')
    .option('--events <list>', 'add: what it hears of, comma separated (default: everything)')
    .option('--overlap <duration>', 'rotate: how long the old secret signs as well', '1d')
    .option('--since <when>', 'replay: everything since a duration like 2h, or a date')
    .option('--limit <number>', 'deliveries: at most so many', '50')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      '\nA secret is shown once, by add and rotate. Deliveries are made by the workers.\n\nExamples:\n  npx matteflow webhooks add https://shop.example/hooks --project shop\n  npx matteflow webhooks deliveries --project shop\n  npx matteflow webhooks replay --since 2h --project shop',
    )
    .action(async (action: string, what: string | undefined, flags: WebhookFlags) => {
      const { runWebhooks } = await import('./run-webhooks.ts')
      endWith(await runWebhooks(terminal, { action, what, flags }))
    })
}
