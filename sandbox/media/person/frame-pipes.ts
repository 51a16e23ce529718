import { readSync, writeSync } from 'node:fs'

/** Fills the buffer from standard input; false at its end. Blocks, which costs a process of its own nothing. */
export function readWhole(buffer: Buffer): boolean {
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
export function writeWhole(buffer: Buffer): void {
  for (let written = 0; written < buffer.length; ) {
    written += writeSync(1, buffer, written, buffer.length - written)
  }
}
