import { randomBytes } from 'node:crypto'
import { freePort } from '../free-port.ts'
import { homePaths } from './home-paths.ts'
import { readJson, writeJson } from './json-file.ts'

const PORTS = ['temporal', 'ui', 'temporalHttp', 'temporalMetrics', 'books', 'sandbox'] as const

/** What a home's stacks have in common: a removal that outlives one finds its sandbox where it was. */
export interface LastingSettings {
  ports: Record<(typeof PORTS)[number], number>
  sandboxKey: string
  /** Whether the last worker bought from the sandbox. */
  usedSandbox: boolean
}

export async function readLastingSettings(home: string): Promise<LastingSettings | null> {
  return readJson<LastingSettings>(homePaths(home).lasting)
}

/** The settings of the last stack, with other ports where somebody else has taken them. */
export async function settleSettings(
  home: string,
  use: { sandbox: boolean | null },
): Promise<LastingSettings> {
  const last = await readLastingSettings(home)
  const ports = { ...last?.ports } as LastingSettings['ports']
  for (const name of PORTS) {
    const others = PORTS.filter((other) => other !== name).map((other) => ports[other])
    do ports[name] = await freePort(ports[name])
    while (others.includes(ports[name]))
  }
  const settings = {
    ports,
    sandboxKey: last?.sandboxKey ?? `rbv_sandbox_${randomBytes(12).toString('hex')}`,
    usedSandbox: use.sandbox ?? last?.usedSandbox ?? false,
  }
  await writeJson(homePaths(home).lasting, settings)
  return settings
}
