import { fork } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { takeKernelLock } from '../../../local/home/kernel-lock.ts'

// `turns`: takes the lock again and again; while it has it, a file is there that nobody else may have left.
// `hold`: takes the lock once, says what it got, and stays. `forked`: the same, with a child that outlives it.
const [what = '', path = '', times = ''] = process.argv.slice(2)
if (what === 'turns') {
  for (let held = 0; held < Number(times); ) {
    const lock = await takeKernelLock(path)
    if (lock === null) continue
    writeFileSync(`${path}.held`, '', { flag: 'wx' })
    rmSync(`${path}.held`)
    held += 1
    lock.release()
  }
} else if (what === 'sleep') {
  console.log(`sleeps ${process.pid}`)
  while (existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 100))
} else {
  const lock = await takeKernelLock(path)
  console.log(lock === null ? 'refused' : 'held')
  if (what === 'forked') fork(import.meta.filename, ['sleep', path], { detached: true, stdio: 'inherit' })
  if (lock !== null) setInterval(() => {}, 1_000)
}
