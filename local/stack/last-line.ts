import { readFile } from 'node:fs/promises'

const MOST_CHARACTERS = 300

/** The last thing a log says, bounded; for messages about a process that died. */
export async function lastLine(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '')
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.at(-1)?.slice(0, MOST_CHARACTERS) ?? 'it said nothing'
}
