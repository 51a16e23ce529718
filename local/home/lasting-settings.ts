import { randomBytes } from 'node:crypto'
import { homePaths } from './home-paths.ts'
import { readJson, writeJson } from './json-file.ts'

/** What a home's stacks have in common: a removal that outlives one finds its sandbox where it was. */
export interface LastingSettings {
  /** Where the block of the last stack's ports began; null before the first. */
  firstPort: number | null
  sandboxKey: string
  /** Whether the last worker bought from the sandbox. */
  usedSandbox: boolean
}

export async function readLastingSettings(home: string): Promise<LastingSettings | null> {
  const last = await readJson<Partial<LastingSettings>>(homePaths(home).lasting)
  if (last === null) return null
  return {
    firstPort: last.firstPort ?? null,
    sandboxKey: last.sandboxKey ?? newKey(),
    usedSandbox: last.usedSandbox ?? false,
  }
}

/** The settings of the last stack with what this one does differently, kept for the next. */
export async function agreeOnSettings(
  home: string,
  { firstPort, sandbox }: { firstPort: number; sandbox: boolean | null },
): Promise<LastingSettings> {
  const last = await readLastingSettings(home)
  const settings = {
    firstPort,
    sandboxKey: last?.sandboxKey ?? newKey(),
    usedSandbox: sandbox ?? last?.usedSandbox ?? false,
  }
  await writeJson(homePaths(home).lasting, settings)
  return settings
}

function newKey(): string {
  return `rbv_sandbox_${randomBytes(12).toString('hex')}`
}
