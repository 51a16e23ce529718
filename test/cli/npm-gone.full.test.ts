import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../support/temp-folder.ts'
import { createUser } from './support/run-cli.ts'

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Runs a script by npm, in a package that has it alone: its name has no hooks of ours before it. */
async function npmRun(script: string) {
  const folder = await tempFolder()
  await writeFile(join(folder, 'package.json'), JSON.stringify({ scripts: { plain: script } }))
  const { environment } = await createUser()
  // A group of its own, so that nothing of a test that fails stays behind.
  const npm = spawn('npm', ['run', 'plain'], { cwd: folder, env: environment, detached: true })
  onTestFinished(() => {
    try {
      process.kill(-(npm.pid ?? 0), 'SIGKILL')
    } catch {}
  })
  return npm
}

/** Each process that a script has started holds its outputs: they close when the last one has ended. */
const lastHasEnded = (npm: Awaited<ReturnType<typeof npmRun>>): Promise<unknown> => once(npm, 'close')

describe('a script whose npm is ended', () => {
  it('takes the whole stack along: dev', async () => {
    const npm = await npmRun(`"${process.execPath}" "${at('cli/matteflow.js')}" dev`)
    npm.stderr.resume()
    let page = ''
    for await (const line of createInterface(npm.stdout)) {
      page = /^page +(\S+)$/.exec(line)?.[1] ?? page
      if (line.startsWith('ready')) break
    }
    npm.stdout.resume()
    expect((await fetch(`${page}/healthz`)).status).toBe(200)

    npm.kill('SIGTERM')
    await lastHasEnded(npm)

    await expect(fetch(`${page}/healthz`)).rejects.toThrow('fetch failed')
  })

  it('takes the figure along that is being measured: bench', async () => {
    const npm = await npmRun(`"${process.execPath}" "${at('bench/main.ts')}" --quick --only ledger`)
    npm.stdout.resume()
    for await (const line of createInterface(npm.stderr)) if (line.startsWith('ledger: ')) break
    npm.stderr.resume()

    npm.kill('SIGTERM')
    await lastHasEnded(npm)
  })
})
