import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { createVendorClient } from '../../adapters/removebgvideo/create-vendor-client.ts'
import { createFolderStorage } from '../../adapters/storage/folder-storage.ts'
import { downloadToFile } from '../../adapters/transfer/download-to-file.ts'
import { createOutputHostRules } from '../../adapters/transfer/host-rules.ts'
import { peakMebibytes } from './peak-memory.ts'

// One transfer in a process of its own: `upload|download <base url> <path>`; prints a JSON line of TransferReport.
const [direction, baseUrl = '', path = ''] = process.argv.slice(2)
const client = createVendorClient({ baseUrl, apiKey: 'bench', keyAlias: 'bench', callTimeoutMs: 30_000 })
const transfers: Record<string, () => Promise<string | null>> = {
  async upload() {
    const { size: sizeBytes } = await stat(path)
    const body = await createFolderStorage(dirname(path)).read(basename(path))
    await client.upload({ body, sizeBytes, fileName: 'bench.mp4', contentType: 'video/mp4' })
    return null
  },
  async download() {
    const rules = createOutputHostRules(baseUrl, [])
    return (await downloadToFile(`${baseUrl}/output`, path, { rules, maxBytes: 10 ** 12 })).sha256
  },
}
// Everything is loaded and a first small call made before the idle figure is taken.
await client.health().catch(() => {})
const idle = peakMebibytes()
const begun = performance.now()
const sha256 = await transfers[direction ?? '']?.()
const seconds = (performance.now() - begun) / 1_000
const peak = peakMebibytes()
console.log(
  JSON.stringify({ seconds, sha256, aboveIdle: peak === null || idle === null ? null : peak - idle }),
)
await client.close()
