import { Command } from 'commander'
import { productVersion } from '../worker/versions.ts'
import { addBudget } from './budget/add-budget.ts'
import { addCancel } from './cancel/add-cancel.ts'
import { addCodec } from './codec/add-codec.ts'
import { addDelete } from './delete/add-delete.ts'
import { addDemo } from './demo/add-demo.ts'
import { addDev } from './dev/add-dev.ts'
import { addDoctor } from './doctor/add-doctor.ts'
import { addExchanges } from './exchanges/add-exchanges.ts'
import { addExport } from './export/add-export.ts'
import { addGateway } from './gateway/add-gateway.ts'
import { addHealth } from './health/add-health.ts'
import { addHelp } from './help/add-help.ts'
import { addInit } from './init/add-init.ts'
import { addKeys } from './keys/add-keys.ts'
import { addLedger } from './ledger/add-ledger.ts'
import { addList } from './list/add-list.ts'
import { addQuote } from './quote/add-quote.ts'
import { addReconcile } from './reconcile/add-reconcile.ts'
import { addRemove } from './remove/add-remove.ts'
import { addReplay } from './replay/add-replay.ts'
import { addResume } from './resume/add-resume.ts'
import { addSandbox } from './sandbox/add-sandbox.ts'
import { addStack } from './stack/add-stack.ts'
import { addStatus } from './status/add-status.ts'
import { addStop } from './stop/add-stop.ts'
import type { AddCommand, EndWith } from './terminal/command.ts'
import type { Terminal } from './terminal/terminal.ts'
import { addTop } from './top/add-top.ts'
import { addUpgrade } from './upgrade/add-upgrade.ts'
import { addUsage } from './usage/add-usage.ts'
import { addWatch } from './watch/add-watch.ts'
import { addWebhooks } from './webhooks/add-webhooks.ts'
import { addWorker } from './worker/add-worker.ts'

const COMMANDS: readonly AddCommand[] = [
  addRemove,
  addQuote,
  addStatus,
  addWatch,
  addList,
  addCancel,
  addDelete,
  addResume,
  addDemo,
  addDev,
  addStop,
  addExchanges,
  addTop,
  addDoctor,
  addHealth,
  addUsage,
  addReconcile,
  addBudget,
  addWebhooks,
  addReplay,
  addExport,
  addUpgrade,
  addKeys,
  addInit,
  addWorker,
  addGateway,
  addCodec,
  addSandbox,
  addStack,
  addLedger,
  addHelp,
]

/** The whole command line. A command loads what it runs on only when it runs. */
export function createProgram(terminal: Terminal, endWith: EndWith): Command {
  const program = new Command('matteflow')
    .description('Removes video backgrounds through RemoveBGVideo: bought once, never lost.')
    .version(productVersion(), '-V, --version', 'print the version')
    .helpCommand(false)
    .showHelpAfterError('Add --help for what is possible.')
    .configureOutput({
      // A role that logs JSON reports a wrong command line in the same way as every other failure.
      writeErr: (text) => {
        if (terminal.failed !== undefined) return
        for (const line of text.replace(/\n$/, '').split('\n')) terminal.say(line)
      },
    })
    .exitOverride()
    .addHelpText('after', '\nExample:\n  npx matteflow remove clip.mp4 --model human --out clip.webm')
  for (const add of COMMANDS) add(program, terminal, endWith)
  return program
}
