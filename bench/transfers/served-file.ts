import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { CONTAINER_SNIFF_BYTES } from '../../domain/container.ts'
import { firstLine } from '../first-line.ts'

const MEBIBYTE = 1_048_576
const SERVER = fileURLToPath(new URL('./serve-bytes-process.ts', import.meta.url))

/** Starts a process that serves a file as vendor, output host and S3; end it with `server.kill()`. */
export async function serveBytes(path: string): Promise<{ server: ChildProcess; url: string }> {
  const server = spawn(process.execPath, [SERVER, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  return { server, url: `http://127.0.0.1:${await firstLine(server)}` }
}

/** Fills a file with noise behind the first bytes of an mp4. */
export async function fillFile(path: string, sizeBytes: number): Promise<void> {
  const block = randomBytes(MEBIBYTE)
  await using file = await open(path, 'w')
  for (let written = 0; written < sizeBytes; written += block.byteLength) {
    await file.write(block, 0, Math.min(block.byteLength, sizeBytes - written))
  }
  const head = Buffer.alloc(CONTAINER_SNIFF_BYTES)
  head.writeUInt32BE(CONTAINER_SNIFF_BYTES)
  head.write('ftypisom', 4)
  await file.write(head, 0, head.byteLength, 0)
}
