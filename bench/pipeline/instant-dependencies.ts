import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { GuardedVendorClient } from '../../activities/breakers.ts'
import type { ActivityDependencies } from '../../activities/index.ts'
import { MEDIA } from '../../activities/media.ts'
import type { Storage } from '../../adapters/storage/storage.ts'
import { createInputHostRules, createOutputHostRules } from '../../adapters/transfer/host-rules.ts'
import { NO_METRICS } from '../../domain/metrics.ts'
import { DEFAULT_POLICY_SETTINGS } from '../../domain/policies.ts'
import { DOCUMENTED_PRICES } from '../../domain/pricing.ts'
import { NO_TRACING } from '../../domain/tracing.ts'
import { instantLedger } from './instant-ledger.ts'

type HappyClient = Pick<GuardedVendorClient, 'keyAlias' | 'upload' | 'createDraft' | 'startJob' | 'getJob'>

/** A world in which every answer is there at once: the clip is every input, and every job is completed. */
export async function instantDependencies(clip: string, folder: string): Promise<ActivityDependencies> {
  const { size: sizeBytes } = await stat(clip)
  const current = instantVendor() as GuardedVendorClient
  const nowhere = 'http://127.0.0.1:9'
  return {
    ledger: instantLedger(),
    storage: instantStorage(clip, sizeBytes),
    vendor: { current, byAlias: () => current },
    hosts: {
      input: createInputHostRules(nowhere),
      output: createOutputHostRules(nowhere, []),
      receiver: createInputHostRules(null),
    },
    media: MEDIA,
    workFolder: folder,
    settings: DEFAULT_POLICY_SETTINGS,
    metrics: NO_METRICS,
    tracing: NO_TRACING,
    prices: async () => DOCUMENTED_PRICES,
    webhookUrlOf: () => null,
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
  }
}

function instantVendor(): HappyClient {
  return {
    keyAlias: 'bench',
    upload: async ({ sizeBytes }) => ({
      videoUrl: 'http://127.0.0.1:9/stored.mp4',
      videoId: null,
      sizeBytes,
      requestId: 'r-1',
    }),
    createDraft: async () => ({ id: randomUUID(), status: 'created', requestId: 'r-2' }),
    startJob: async () => ({ status: 'processing', requestId: 'r-3' }),
    getJob: async (id) => ({
      id,
      status: 'completed',
      state: 'completed',
      progress: 100,
      outputUrl: 'http://127.0.0.1:9/output.webm',
      error: null,
      errorCode: null,
      durationSeconds: 1,
      billingStatus: 'charged',
      createdAt: null,
      requestId: 'r-4',
    }),
  }
}

function instantStorage(clip: string, sizeBytes: number): Storage {
  return {
    location: (key) => `file:///${key}`,
    write: async () => ({ sizeBytes, sha256: '0'.repeat(64) }),
    adopt: async () => {},
    read: async () => Readable.from([]),
    // No start was ever about to be sent, no output fetched.
    stat: async (key) => (key.startsWith('inputs/') ? { sizeBytes } : undefined),
    remove: async () => {},
    removeAll: async () => {},
    async *list() {},
    sweep: async () => 0,
    localPath: () => clip,
    check: async () => {},
  }
}
