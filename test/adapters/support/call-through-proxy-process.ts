import { text } from 'node:stream/consumers'
import { createVendorClient } from '../../../adapters/removebgvideo/index.ts'
import { createStorage } from '../../../adapters/storage/create-storage.ts'
import { createInputHostRules } from '../../../adapters/transfer/host-rules.ts'
import { openRangedUrl } from '../../../adapters/transfer/ranged-reader.ts'

// Run by a test in a process of its own, whose environment names a proxy and a certificate: prints what it got.

const baseUrl = 'https://vendor.test'
const client = createVendorClient({ baseUrl, apiKey: 'k', keyAlias: 'main', callTimeoutMs: 10_000 })
const { status: health } = await client.health()
const reader = await openRangedUrl('https://films.test/a.mp4', createInputHostRules(baseUrl))
const source = Buffer.from(await reader.read(0, 100)).toString()
const object = await text(await createStorage('s3://mattes').read('a'))
console.log(JSON.stringify({ health, source, object }))
await Promise.all([client.close(), reader.close()])
process.exit(0)
