import { setImmediate as turn } from 'node:timers/promises'
import { createCutOut } from './cut-out.ts'
import { readWhole, writeWhole } from './frame-pipes.ts'
import { loadPersonModel } from './load-person-model.ts'
import type { PersonTask } from './person-task.ts'
import { showsPerson } from './shows-person.ts'
import { createShrinking } from './shrink-picture.ts'

// Frames come in by standard input and leave by standard output; the parent hears by messages how far it is. Whatever
// the runtime has to say would land among the frames.
for (const name of ['log', 'info', 'debug', 'warn', 'error'] as const) console[name] = () => {}
process.once('disconnect', () => process.exit())

const task = JSON.parse(process.argv[2] ?? '') as PersonTask
const model = await loadPersonModel(task.part, task.width > task.height ? 'landscape' : 'portrait')
const rgb = Buffer.alloc(task.width * task.height * 3)
if (task.kind === 'look') await look()
else await cutOut()
process.disconnect()

async function look(): Promise<void> {
  const shrink = createShrinking(task, model)
  let seen = 0
  while (readWhole(rgb)) {
    if (showsPerson(await model.find(shrink(rgb).interleaved))) seen += 1
  }
  process.send?.(seen)
}

async function cutOut(): Promise<void> {
  const cut = createCutOut(model, task)
  const last = Buffer.alloc(rgb.length)
  const rgba = Buffer.alloc(task.width * task.height * 4)
  for (let done = 0; readWhole(rgb); done += 1) {
    // At a constant rate a picture that stands longer comes several times.
    if (done === 0 || !rgb.equals(last)) await cut(rgb, rgba)
    last.set(rgb)
    writeWhole(rgba)
    process.send?.(done + 1)
    // Reading and writing block, so only here this process can hear that its parent is gone.
    await turn()
  }
}
