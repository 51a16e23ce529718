import { readSync, writeSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { createCutOut } from './cut-out.ts'
import { loadPersonModel } from './load-person-model.ts'
import type { PersonTask } from './person-task.ts'
import { createShrinking } from './shrink-picture.ts'

const SURE = 0.9
const LEAST_SHARE = 0.01

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

/** Whether a mask holds somebody: enough of it is sure, and more than is in doubt, as it is where nobody is. */
function showsPerson(mask: Float32Array): boolean {
  let sure = 0
  let doubtful = 0
  for (const value of mask) {
    if (value > SURE) sure += 1
    else if (value > 1 - SURE) doubtful += 1
  }
  return sure > LEAST_SHARE * mask.length && sure > doubtful
}

/** Fills the buffer from standard input; false at its end. Blocks, which costs a process of its own nothing. */
function readWhole(buffer: Buffer): boolean {
  let filled = 0
  while (filled < buffer.length) {
    const count = readSync(0, buffer, filled, buffer.length - filled, null)
    if (count === 0 && filled === 0) return false
    if (count === 0) throw new Error('the frames break off')
    filled += count
  }
  return true
}

/** Writes all of the buffer to standard output, at the pace of the reader. */
function writeWhole(buffer: Buffer): void {
  for (let written = 0; written < buffer.length; ) {
    written += writeSync(1, buffer, written, buffer.length - written)
  }
}
