import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A disk of its own for one folder, small enough to be filled. */
export interface SmallDisk {
  /** Takes every byte that is left. */
  fill(): Promise<void>
  makeRoom(): Promise<void>
  unmount(): void
}

const SIZE = '1m'
/** A memory disk gives room by pages of this size. */
const PAGE_BYTES = 4_096

/** Whether this process may mount disks: root outside of most containers. */
export function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'matteflow-mount-'))
  try {
    mount(folder)
    unmount(folder)
    return true
  } catch {
    return false
  } finally {
    rmdirSync(folder)
  }
}

/** Mounts an empty disk over `folder`. To be unmounted before the folder can be removed. */
export async function mountSmallDisk(folder: string): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true })
  mount(folder)
  const ballast = join(folder, 'ballast')
  return {
    async fill() {
      await using file = await open(ballast, 'w')
      const page = Buffer.alloc(PAGE_BYTES)
      for (;;) {
        try {
          await file.write(page)
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return
          throw error
        }
      }
    },
    makeRoom: () => rm(ballast),
    unmount: () => unmount(folder),
  }
}

function mount(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder], { stdio: 'ignore' })
}

/** Lazily: whoever still has a file open there keeps it until then. */
function unmount(folder: string): void {
  execFileSync('umount', ['-l', folder], { stdio: 'ignore' })
}
