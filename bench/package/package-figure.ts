import { execFile } from 'node:child_process'
import { mkdir, stat } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { runTimed } from '../run-timed.ts'
import { firstRemoval } from './first-removal.ts'
import { installedInto } from './installed.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')
const SDK = '@temporalio/worker@1.24.0'

/** What the package weighs, and what a newcomer waits for. */
export async function packageFigure({ folder, quick, progress }: BenchContext): Promise<BenchRow[]> {
  progress('packing')
  const { stdout } = await runTimed(process.execPath, [join(ROOT, 'scripts/pack.mjs'), folder])
  const [whole = '', client = ''] = stdout.trim().split('\n').slice(-2)
  const megabytes = async (path: string) => (await stat(path)).size / 1_000_000
  const beside = { what: 'the light client', value: await megabytes(client) }
  const rows = [row({ figure: 'tarball', value: await megabytes(whole), unit: 'MB', beside })]

  // Twice each, in turns, and the second counts: the first fills npm's cache.
  const installs = { ours: whole, client, sdk: SDK }
  const measured: Partial<Record<keyof typeof installs, Awaited<ReturnType<typeof installedInto>>>> = {}
  for (const turn of quick ? [1] : [1, 2])
    for (const [name, what] of Object.entries(installs) as [keyof typeof installs, string][]) {
      progress(`npm install ${name}, ${turn}`)
      measured[name] = await installedInto(join(folder, `${name}-${turn}`), what)
    }
  const { ours, client: light, sdk } = measured
  if (ours === undefined || light === undefined || sdk === undefined) throw new Error('nothing was installed')
  const units = { seconds: 's', packages: 'packages', megabytes: 'MB' } as const
  for (const [key, unit] of Object.entries(units) as [keyof typeof units, string][])
    rows.push(
      row({
        figure: `npm install of the tarball, ${unit}`,
        value: ours[key],
        unit,
        beside: { what: '@temporalio/worker alone', value: sdk[key] },
      }),
      row({ figure: `npm install of the light client, ${unit}`, value: light[key], unit }),
    )

  progress('a fresh clone')
  const clone = join(folder, 'clone')
  await run('git', ['clone', '--quiet', ROOT, clone])
  const bin = dirname(process.execPath)
  const env = { ...process.env, PATH: [bin, process.env['PATH']].join(delimiter) }
  const begun = performance.now()
  await run('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: clone, env })
  const installedSeconds = (performance.now() - begun) / 1_000
  progress('the first removal')
  const home = join(folder, 'home')
  await mkdir(home)
  const seconds = await firstRemoval(clone, home)
  rows.push(
    row({
      figure: 'npm ci to the first removal',
      value: installedSeconds + seconds,
      unit: 's',
      note: `npm ci ${installedSeconds.toFixed(0)} s, a stack and a clip of 3 s ${seconds.toFixed(0)} s; Temporal's server and npm's cache are there`,
    }),
  )
  return rows
}
