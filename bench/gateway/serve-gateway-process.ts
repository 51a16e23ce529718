import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MemoryLocker } from '@tus/server'
import fastify from 'fastify'
import pino from 'pino'
import { createFolderStorage } from '../../adapters/storage/folder-storage.ts'
import type { Removals } from '../../client/removals.ts'
import { proxiesFrom } from '../../domain/proxies.ts'
import { blankDocument } from '../../domain/removal-document.ts'
import { createProjectLimits, DEFAULT_LIMITS } from '../../gateway/auth/project-limits.ts'
import { createTokens } from '../../gateway/auth/tokens.ts'
import { buildGateway } from '../../gateway/build-gateway.ts'
import type { GatewayLedger } from '../../gateway/gateway-dependencies.ts'
import { createUploadStore } from '../../gateway/uploads/upload-store.ts'

// The gateway's own work, with nothing behind it: `<folder> <webhook secret>`; prints its address and that of a bare route.
const [folder = '', webhookSecret = ''] = process.argv.slice(2)
const proxies = proxiesFrom({})
const limits = createProjectLimits(
  { ...DEFAULT_LIMITS, requestsPerSecond: 1e6, requestsAtOnce: 1e6 },
  Date.now,
)
const document = blankDocument({ id: 'rm_bench', failure: null, state: 'accepted' })
const removals: Partial<Removals> = {
  callback: async () => {},
  start: async () => ({ id: document.id, joined: false, document }),
}
const nothing = async (): Promise<void> => {}
const gateway = await buildGateway(
  {
    ...{ removals: removals as Removals, ledger: {} as GatewayLedger, limits, webhookSecret },
    storage: createFolderStorage(join(folder, 'storage')),
    tokens: createTokens([]),
    ...{ publicUrl: null, temporalUiUrl: null, endpointRules: { privateHosts: [], proxies } },
    ...{ log: pino({ level: 'silent' }), now: Date.now },
  },
  {
    uploadStore: await createUploadStore(pathToFileURL(join(folder, 'storage')).href, proxies),
    uploadLocker: new MemoryLocker(),
    ...{ readiness: { temporal: nothing, ledger: nothing, storage: nothing }, version: '0.0.0' },
  },
)
const bare = fastify()
bare.post('/', async (_request, reply) => reply.code(202).send({ accepted: true }))
const listening = { host: '127.0.0.1', port: 0 }
const urls = { gateway: await gateway.server.listen(listening), bare: await bare.listen(listening) }
console.log(JSON.stringify(urls))
