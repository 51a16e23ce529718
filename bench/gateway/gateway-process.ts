import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const SERVER = fileURLToPath(new URL('./serve-gateway-process.ts', import.meta.url))

/** A gateway with nothing behind it in a process of its own, and a bare route beside it. */
export interface BenchGateway {
  url: string
  bareUrl: string
  /** MiB that the process holds now, or held at most; null where the system does not tell. */
  memory(which: 'VmRSS' | 'VmHWM'): number | null
  kill(): void
}

export async function startBenchGateway(folder: string, webhookSecret: string): Promise<BenchGateway> {
  const server = spawn(process.execPath, [SERVER, folder, webhookSecret], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(server.stdout, 'data')) as [Buffer]
  const { gateway: url, bare: bareUrl } = JSON.parse(line.toString()) as { gateway: string; bare: string }
  return {
    url,
    bareUrl,
    memory: (which) => memoryOf(server, which),
    kill: () => void server.kill('SIGKILL'),
  }
}

function memoryOf({ pid }: ChildProcess, which: string): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const [, kibibytes] = new RegExp(`${which}:\\s+(\\d+) kB`).exec(status) ?? []
    return kibibytes === undefined ? null : Number(kibibytes) / 1_024
  } catch {
    return null
  }
}
