import { homedir } from 'node:os'
import { join } from 'node:path'
import { makeDemoClip } from '../../adapters/media/picture/demo-clip.ts'
import { startSandbox } from '../../sandbox/index.ts'
import { runTimed } from '../run-timed.ts'

/** Seconds that the first `remove` of a clone takes, with the start of its stack; the vendor answers at once. */
export async function firstRemoval(clone: string, home: string): Promise<number> {
  const clip = join(home, 'clip.mp4')
  await makeDemoClip(clip, 'green', 3)
  const sandbox = await startSandbox({ modes: { instant: true } })
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    REMOVEBGVIDEO_BASE_URL: sandbox.url,
    REMOVEBGVIDEO_API_KEY: sandbox.keys[0],
  }
  const command = join(clone, 'cli/matteflow.js')
  try {
    const out = join(home, 'clip.webm')
    return (await runTimed(process.execPath, [command, 'remove', clip, '--out', out], env)).seconds
  } finally {
    await runTimed(process.execPath, [command, 'stop'], env)
    await sandbox.close()
  }
}
