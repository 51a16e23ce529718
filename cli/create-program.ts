import { Command } from 'commander'
import { productVersion } from '../worker/versions.ts'
import { addBooks } from './commands/books.ts'
import { addBudget } from './commands/budget.ts'
import { addCancel } from './commands/cancel.ts'
import { addDemo } from './commands/demo.ts'
import { addDev } from './commands/dev.ts'
import { addDoctor } from './commands/doctor.ts'
import { addList } from './commands/list.ts'
import { addReconcile } from './commands/reconcile.ts'
import { addRemove } from './commands/remove.ts'
import { addReplay } from './commands/replay.ts'
import { addResume } from './commands/resume.ts'
import { addSandbox } from './commands/sandbox.ts'
import { addStack } from './commands/stack.ts'
import { addStatus } from './commands/status.ts'
import { addStop } from './commands/stop.ts'
import { addUsage } from './commands/usage.ts'
import { addWatch } from './commands/watch.ts'
import { addWorker } from './commands/worker.ts'
import type { EndWith } from './terminal/end-with.ts'
import type { Terminal } from './terminal/terminal.ts'

const COMMANDS = [
  addRemove,
  addStatus,
  addWatch,
  addList,
  addCancel,
  addResume,
  addDemo,
  addDev,
  addStop,
  addDoctor,
  addUsage,
  addReconcile,
  addBudget,
  addReplay,
  addWorker,
  addSandbox,
  addStack,
  addBooks,
]

/** The whole command line. A command loads what it runs on only when it runs. */
export function createProgram(terminal: Terminal, endWith: EndWith): Command {
  const program = new Command('matteflow')
    .description('Removes video backgrounds through RemoveBGVideo: bought once, never lost.')
    .version(productVersion(), '-V, --version', 'print the version')
    .helpCommand(false)
    .showHelpAfterError('Add --help for what is possible.')
    .exitOverride()
    .addHelpText('after', '\nExample:\n  npx matteflow remove clip.mp4 --model human --out clip.webm')
  for (const add of COMMANDS) add(program, terminal, endWith)
  return program
}
