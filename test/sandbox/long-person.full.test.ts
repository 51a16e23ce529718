import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { composePerson } from '../../bench/cut-outs/compose-person.ts'
import { useFolder } from './support/clips.ts'
import { useSandbox } from './support/use-sandbox.ts'
import type { VendorClient } from './support/vendor-client.ts'

const run = promisify(execFile)
const folder = useFolder()
const start = useSandbox(() => join(folder(), 'renders'))

it('a long video of a person shows the frames that are done, and ends with the sandbox', async () => {
  const { vendor, sandbox } = await start({
    dataDir: join(folder(), 'data'),
    speed: 1_000,
    modes: { instant: false },
  })
  const path = join(folder(), 'long.mp4')
  const clip = { background: 'wall', width: 160, height: 90, framesPerSecond: 25, frames: 3_000 } as const
  await composePerson(path, clip)
  const id = await vendor.draft(path, { model: 'human' })
  await vendor.start(id)

  // By its pace alone it would be at 99 % after an eighth of a second.
  expect(await untilProgress(vendor, id, 1)).toBeLessThan(50)
  expect(await processesOf(folder())).toHaveLength(3)
  await sandbox.close()

  expect(await processesOf(folder())).toEqual([])
})

async function untilProgress(vendor: VendorClient, id: string, least: number): Promise<number> {
  for (;;) {
    const progress = Number((await vendor.status(id)).json['progress'])
    if (progress >= least) return progress
    await pause(50)
  }
}

/** The decoder and the encoder name their files; what stands between them names only its task. */
async function processesOf(part: string): Promise<string[]> {
  const { stdout } = await run('ps', ['-eo', 'ppid=,args='])
  const lines = stdout.split('\n')
  const ours = lines.filter((line) => line.trim().startsWith(`${process.pid} `))
  return ours.filter((line) => line.includes(part) || line.includes('person-process'))
}
