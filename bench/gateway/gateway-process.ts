import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { firstLine } from '../first-line.ts'
import { peakMebibytes } from '../transfers/peak-memory.ts'

const SERVER = fileURLToPath(new URL('./serve-gateway-process.ts', import.meta.url))

/** A gateway with nothing behind it in a process of its own, and a bare route beside it. */
export interface BenchGateway {
  url: string
  bareUrl: string
  /** MiB that the process held at most; null where the system does not tell. */
  peak(): number | null
  kill(): void
}

export async function startBenchGateway(folder: string, webhookSecret: string): Promise<BenchGateway> {
  const server = spawn(process.execPath, [SERVER, folder, webhookSecret], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said = JSON.parse(await firstLine(server)) as { gateway: string; bare: string }
  return {
    url: said.gateway,
    bareUrl: said.bare,
    peak: () => peakMebibytes(server.pid),
    kill: () => void server.kill('SIGKILL'),
  }
}
