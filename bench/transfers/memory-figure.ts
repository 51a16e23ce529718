import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { runTimed } from '../run-timed.ts'
import { FILE_PATHS } from './file-paths.ts'
import { fillFile, serveBytes } from './served-file.ts'

const SIZE_MB = { quick: 50, full: 500 } as const
const AIM_MEBIBYTES = 100
const PROCESS = fileURLToPath(new URL('./memory-process.ts', import.meta.url))
const MEMORY_DISK = '/dev/shm'

/** The most memory that each path of a file takes, above that of the idle process. */
export async function memoryFigure({ quick, folder, progress }: BenchContext): Promise<BenchRow[]> {
  const megabytes = quick ? SIZE_MB.quick : SIZE_MB.full
  const rows: BenchRow[] = []
  for (const [name, aboveIdle] of await memoryOfPaths(Object.keys(FILE_PATHS), {
    ...{ megabytes, folder },
    progress,
  })) {
    rows.push(
      row({
        figure: `memory: ${name}, ${megabytes} MB`,
        value: Math.max(0, aboveIdle ?? 0),
        unit: 'MiB above idle',
        aim: `≤ ${AIM_MEBIBYTES} MiB`,
        met: aboveIdle === null ? null : aboveIdle <= AIM_MEBIBYTES,
        note: aboveIdle === null ? 'this system does not tell' : null,
      }),
    )
  }
  return rows
}

/** Runs paths one after the other, each in a process of its own; MiB above idle, null where the system does not tell. */
export async function memoryOfPaths(
  names: readonly string[],
  {
    megabytes,
    folder,
    progress = () => {},
  }: { megabytes: number; folder: string; progress?: (line: string) => void },
): Promise<[name: string, aboveIdle: number | null][]> {
  const path = join(folder, 'large.mp4')
  await fillFile(path, megabytes * 1_000_000)
  const { server, url } = await serveBytes(path)
  const otherDevice = await mkdtemp(join(MEMORY_DISK, 'matteflow-')).catch(() =>
    mkdtemp(join(tmpdir(), 'matteflow-')),
  )
  try {
    const found: [string, number | null][] = []
    for (const name of names) {
      progress(name)
      const own = join(folder, 'path')
      const environment = {
        ...process.env,
        AWS_ENDPOINT_URL: url,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'bench',
        AWS_SECRET_ACCESS_KEY: 'bench',
      }
      const { stdout } = await runTimed(
        process.execPath,
        [PROCESS, name, url, path, own, otherDevice],
        environment,
      )
      found.push([name, (JSON.parse(stdout) as { aboveIdle: number | null }).aboveIdle])
      await rm(own, { recursive: true, force: true })
    }
    return found
  } finally {
    server.kill()
    await Promise.all([path, otherDevice].map((left) => rm(left, { recursive: true, force: true })))
  }
}
