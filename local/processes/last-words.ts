import { open } from 'node:fs/promises'

const MOST_BYTES = 4_000
const MOST_CHARACTERS = 300

/** The end of what a log says after an offset, bounded. */
export async function lastWords(logFile: string, offset = 0): Promise<string> {
  const file = await open(logFile).catch(() => null)
  if (file === null) return ''
  try {
    const { size } = await file.stat()
    const start = Math.max(offset, size - MOST_BYTES)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, start)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/** The sentence that a process ended with, for messages about it: its last line that is not indented. */
export function lastSentence(words: string): string {
  const lines = words.split('\n').filter((line) => /^\S/.test(line))
  const last = lines.at(-1)
  return last === undefined ? 'it said nothing' : sentenceOf(last).slice(0, MOST_CHARACTERS)
}

/** A line of JSON is a log record; people are told its message alone. */
function sentenceOf(line: string): string {
  if (!line.startsWith('{')) return line
  try {
    const { msg } = JSON.parse(line) as { msg?: unknown }
    return typeof msg === 'string' ? msg : line
  } catch {
    return line
  }
}
