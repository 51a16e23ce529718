import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'

/** The first line that a process prints, which tells that it is ready. Throws where it ends before. */
export async function firstLine(child: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  if (!Buffer.isBuffer(said)) throw new Error(`${child.spawnargs.join(' ')} ended early`)
  return said.toString().trim()
}
