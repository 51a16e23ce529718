import { rmSync, writeFileSync } from 'node:fs'
import { holdLock } from '../../local/home/hold-lock.ts'

// Takes the lock again and again. While it has it, a file is there that nobody else may have left.
const [path = '', times = ''] = process.argv.slice(2)
for (let held = 0; held < Number(times); ) {
  const lock = await holdLock(path)
  if (lock === null) continue
  writeFileSync(`${path}.held`, '', { flag: 'wx' })
  rmSync(`${path}.held`)
  held += 1
  await lock.release()
}
