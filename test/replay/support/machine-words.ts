import { homedir, hostname, tmpdir } from 'node:os'
import { resolve } from 'node:path'
import type { Replacements } from './scrub-history.ts'

/** Where a recorded removal lived on the machine that recorded it, and what stands for that in what is kept. */
export function machineWords({
  folder,
  vendorUrls,
}: {
  folder: string
  vendorUrls: readonly string[]
}): Replacements {
  return [
    [folder, '/home/matteflow'],
    [resolve(import.meta.dirname, '../../..'), '/matteflow'],
    ...vendorUrls.map((url) => [url, 'http://127.0.0.1:4010'] as const),
    // No folder can be there.
    ['/dev/null', '/home/matteflow/nowhere'],
    [tmpdir(), '/tmp'],
    [homedir(), '/home/user'],
    [`@${hostname()}`, '@host'],
    [/\b\d+@host/g, '1@host'],
  ]
}
