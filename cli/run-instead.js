import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const SIGNALS = /** @type {const} */ (['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'])
/** A terminal's Ctrl-C and Ctrl-\ reach the other process by themselves; handed on, they would count twice. */
const OF_TERMINALS = new Set(['SIGINT', 'SIGQUIT'])

/**
 * Runs a command in the place of this process: hands on every signal, waits for the end and ends the same way.
 * @param {string[]} command
 * @param {import('node:child_process').StdioOptions} stdio
 * @returns {Promise<number>} its exit code; whoever ended by a signal ends this process by it too
 */
export function runInstead([file = '', ...args], stdio) {
  const child = spawn(file, args, { stdio })
  const hasTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (!(hasTerminal && OF_TERMINALS.has(signal))) child.kill(signal)
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (signal === null) return resolve(code ?? 1)
      for (const handled of SIGNALS) process.removeAllListeners(handled)
      process.kill(process.pid, signal)
      // A signal that does not end this process leaves the code that shells give for it.
      resolve(128 + constants.signals[signal])
    })
  })
}
