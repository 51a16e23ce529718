import { pathToFileURL } from 'node:url'
import { startFauxqs } from 'fauxqs'
import { onTestFinished, vi } from 'vitest'
import { createStorage } from '../../../../adapters/storage/create-storage.ts'
import type { Storage } from '../../../../adapters/storage/storage.ts'
import { tempFolder } from '../../../support/temp-folder.ts'

/** Opens a fresh storage that goes with the test. */
export type OpenStorage = () => Promise<Storage>

export async function folderStorage(): Promise<Storage> {
  return createStorage(pathToFileURL(await tempFolder()).href)
}

/** A bucket on an S3 emulator in this process. */
export async function s3Storage(prefix = 'kept/here'): Promise<Storage> {
  const server = await startFauxqs({ port: 0, logger: false, host: '127.0.0.1' })
  onTestFinished(() => server.stop())
  server.createBucket('mattes')
  pointAwsAt(`http://127.0.0.1:${server.port}`)
  return createStorage(`s3://mattes/${prefix}`)
}

/** Makes new S3 clients of this test talk to `endpoint`, with made-up credentials. */
export function pointAwsAt(endpoint: string): void {
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-to-be-shown')
  onTestFinished(() => void vi.unstubAllEnvs())
}

/** A body of `size` bytes in pieces of `piece`. */
export async function* bodyOf(size: number, piece = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < size; sent += piece)
    yield Buffer.alloc(Math.min(piece, size - sent), sent / piece)
}

export async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts)
}

export async function keysOf(list: AsyncIterable<string>): Promise<string[]> {
  const keys: string[] = []
  for await (const key of list) keys.push(key)
  return keys
}
