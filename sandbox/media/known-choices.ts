import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Choice, Wanted } from './choose-renderer.ts'
import { chooseRenderer } from './choose-renderer.ts'
import { shortHash } from './input/hash-file.ts'
import type { PersonRenderer } from './person/person-renderer.ts'
import type { Tools } from './run-tool.ts'

/** Chooses once for the same bytes. The choice is kept in the folder, where other sandboxes that share it find it. */
export function createKnownChoices(
  folder: string,
  person: PersonRenderer | null,
  tools: Tools,
): (wanted: Wanted, inputSha256: string) => Promise<Choice> {
  const running = new Map<string, Promise<Choice>>()

  async function choose(wanted: Wanted, path: string): Promise<Choice> {
    if (existsSync(path)) return JSON.parse(await readFile(path, 'utf8')) as Choice
    const choice = await chooseRenderer(wanted, person, tools)
    await mkdir(folder, { recursive: true })
    const draft = `${path}.${process.pid}`
    await writeFile(draft, JSON.stringify(choice))
    await rename(draft, path)
    return choice
  }

  return (wanted, inputSha256) => {
    const isForPeople = wanted.model === 'human'
    const essence = [inputSha256, wanted.seconds, isForPeople, person?.version ?? null]
    const path = join(folder, `choice-${shortHash(JSON.stringify(essence))}.json`)
    const found = running.get(path) ?? choose(wanted, path).finally(() => running.delete(path))
    running.set(path, found)
    return found
  }
}
