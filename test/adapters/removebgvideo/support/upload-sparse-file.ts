import { createReadStream } from 'node:fs'
import { createVendorClient } from '../../../../adapters/removebgvideo/index.ts'

// Run by a test in a process of its own: uploads a file and prints by how many KiB the peak of memory grew.

const [baseUrl = '', path = '', size = '0'] = process.argv.slice(2)
const client = createVendorClient({ baseUrl, apiKey: 'key', keyAlias: 'main', callTimeoutMs: 15_000 })
const idleKib = process.resourceUsage().maxRSS
await client.upload({
  body: createReadStream(path, { highWaterMark: 1_048_576 }),
  sizeBytes: Number(size),
  fileName: 'clip.mp4',
  contentType: 'video/mp4',
})
process.stdout.write(String(process.resourceUsage().maxRSS - idleKib))
await client.close()
