import { spawn } from 'node:child_process'

/** Builders print nothing for minutes; a line now and then says that they still live. */
const HEARTBEAT_MS = 15_000

/**
 * Runs a command to its end and collects what it printed.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, log?: (line: string) => void, doing?: string, timeoutMs?: number }} [options]
 * @returns {Promise<{ code: number, output: string }>} code 127 where there is no such command
 */
export function runCommand(command, args, { cwd, env, log, doing, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const startedAt = Date.now()
    const child = spawn(command, args, {
      cwd,
      env: env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: 'SIGKILL' }),
    })
    let output = ''
    const keep = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk).slice(-20_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const heartbeat = setInterval(() => {
      if (doing) log?.(`${doing}: ${Math.round((Date.now() - startedAt) / 1_000)} s`)
    }, HEARTBEAT_MS)
    const end = (/** @type {number} */ code) => {
      clearInterval(heartbeat)
      resolve({ code, output })
    }
    child.on('error', (error) => {
      output += error.message
      end(127)
    })
    child.on('close', (code) => end(code ?? 1))
  })
}
