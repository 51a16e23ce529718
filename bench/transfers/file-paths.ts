import { createReadStream } from 'node:fs'
import { copyFile, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { copyKeptOutput } from '../../activities/retrieve/copy-kept-output.ts'
import { createVendorClient } from '../../adapters/removebgvideo/create-vendor-client.ts'
import { createStorage } from '../../adapters/storage/create-storage.ts'
import type { Storage } from '../../adapters/storage/storage.ts'
import { oneChunk } from '../../adapters/storage/storage.ts'
import { downloadToFile } from '../../adapters/transfer/download-to-file.ts'
import { createOutputHostRules } from '../../adapters/transfer/host-rules.ts'
import { identifyFile } from '../../client/start/identify-input.ts'

/** What a large file is moved with: the server of `serve-bytes-process.ts` is vendor, output host and S3. */
export interface FilePathContext {
  baseUrl: string
  /** The large file. */
  path: string
  /** An empty folder on the device of the file, and one on another device where the machine has one. */
  folder: string
  otherDevice: string
}

/** Every transfer gets a signal, since a body with a signal was once held in memory as a whole. */
const signal = new AbortController().signal
const READ_BYTES = 1_048_576

/** Every path that a file of any size takes, each as a worker or a client takes it. */
export const FILE_PATHS: Record<string, (context: FilePathContext) => Promise<void>> = {
  'hash an input': async ({ path }) => void (await identifyFile(path, signal)),
  'stage into a folder': async (context) => write(folderStorage(context), context),
  'stage into S3': async (context) => write(s3Storage(), context),
  'upload from a folder': async ({ path, baseUrl }) => {
    await upload(createStorage(pathToFileURL(dirname(path)).href), basename(path), path, baseUrl)
  },
  'upload from S3': async ({ path, baseUrl }) => upload(s3Storage(), 'large', path, baseUrl),
  'retrieve an output': async ({ baseUrl, folder }) => {
    const rules = createOutputHostRules(baseUrl, [])
    await downloadToFile(`${baseUrl}/output`, join(folder, 'output'), { rules, maxBytes: 10 ** 12, signal })
  },
  'adopt into a folder on another device': async (context) => {
    const part = join(context.otherDevice, 'output.part')
    await copyFile(context.path, part)
    try {
      await folderStorage(context).adopt('adopted', part, { signal })
    } finally {
      await rm(part, { force: true })
    }
  },
  'adopt into S3': async ({ path, folder }) => {
    const part = join(folder, 'output.part')
    await copyFile(path, part)
    await s3Storage().adopt('adopted', part, { signal })
  },
  'copy a kept output from S3': async ({ folder }) => {
    await copyKeptOutput('large', join(folder, 'kept'), s3Storage(), signal)
  },
}

/** Makes each side load what it needs and answer once, before the memory of an idle process is taken. */
export async function warmUp({ baseUrl, folder }: FilePathContext): Promise<void> {
  const client = clientOf(baseUrl)
  await client.health()
  await client.close()
  for (const storage of [createStorage(pathToFileURL(join(folder, 'warm')).href), s3Storage()])
    await storage.write('warm', oneChunk('x'), { signal })
}

async function write(storage: Storage, { path }: FilePathContext): Promise<void> {
  await storage.write('staged', createReadStream(path, { highWaterMark: READ_BYTES }), { signal })
}

async function upload(storage: Storage, key: string, path: string, baseUrl: string): Promise<void> {
  const client = clientOf(baseUrl)
  const { size: sizeBytes } = await stat(path)
  const body = await storage.read(key, { signal })
  await client.upload({ body, sizeBytes, fileName: 'bench.mp4', contentType: 'video/mp4' }, { signal })
  await client.close()
}

const clientOf = (baseUrl: string) =>
  createVendorClient({ baseUrl, apiKey: 'bench', keyAlias: 'bench', callTimeoutMs: 30_000 })
const folderStorage = ({ folder }: FilePathContext): Storage =>
  createStorage(pathToFileURL(join(folder, 'storage')).href)
/** `AWS_ENDPOINT_URL` leads to the server. */
const s3Storage = (): Storage => createStorage('s3://mattes')
