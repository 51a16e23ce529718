import { spawn } from 'node:child_process'

/** Where the two programs are. */
export type Tools = { ffmpegPath: string; ffprobePath: string; signal: AbortSignal }

/** Runs a program to its end and gives its standard output; rejects with the last line of its complaint. */
export function runTool(path: string, args: readonly string[], signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' })
    const out: Buffer[] = []
    let complaint = ''
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-2_000)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out))
      else reject(new Error(complaint.trim().split('\n').at(-1) || `${path} ended with code ${code}`))
    })
  })
}
