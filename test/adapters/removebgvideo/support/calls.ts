import { onTestFinished } from 'vitest'
import type {
  CallOptions,
  DraftSettings,
  Operation,
  UploadFile,
  VendorClient,
  VendorClientOptions,
} from '../../../../adapters/removebgvideo/index.ts'
import { createVendorClient } from '../../../../adapters/removebgvideo/index.ts'
import type { RemovalFailure } from '../../../../domain/removal-failure.ts'
import { isRemovalFailure } from '../../../../domain/removal-failure.ts'

export const API_KEY = 'rbv_test_Zq8+/secret&key'
export const JOB_ID = '7f3c2a'

export function aClient(baseUrl: string, options: Partial<VendorClientOptions> = {}): VendorClient {
  const client = createVendorClient({
    baseUrl,
    apiKey: API_KEY,
    keyAlias: 'main',
    callTimeoutMs: 5_000,
    ...options,
  })
  onTestFinished(() => client.close())
  return client
}

export function aFile(content: string, overrides: Partial<UploadFile> = {}): UploadFile {
  const bytes = Buffer.from(content)
  return {
    body: chunks(bytes),
    sizeBytes: bytes.byteLength,
    fileName: 'clip.mp4',
    contentType: 'video/mp4',
    ...overrides,
  }
}

export async function* chunks(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(part)
}

export function draftSettings(overrides: Partial<DraftSettings> = {}): DraftSettings {
  return {
    videoUrl: 'https://cdn.example.com/uploads/clip.mp4',
    model: 'original',
    outputFormat: 'webm',
    background: { type: 'transparent' },
    ...overrides,
  }
}

/** Every call of the client, with whatever it needs. */
export const CALLS: Record<Operation, (client: VendorClient, options?: CallOptions) => Promise<unknown>> = {
  upload: (client, options) => client.upload(aFile('video'), options),
  createDraft: (client, options) => client.createDraft(draftSettings(), options),
  startJob: (client, options) => client.startJob(JOB_ID, {}, options),
  getJob: (client, options) => client.getJob(JOB_ID, options),
  listJobs: (client, options) => client.listJobs({}, options),
  usageSummary: (client, options) => client.usageSummary(7, options),
  usageEvents: (client, options) => client.usageEvents(20, options),
  pricing: (client, options) => client.pricing(options),
  health: (client, options) => client.health(options),
  legacyDownload: (client, options) => client.legacyDownload(JOB_ID, options),
}

export const OPERATIONS = Object.keys(CALLS) as Operation[]

/** The routes that take no key. */
export const KEYLESS: readonly Operation[] = ['pricing', 'health', 'legacyDownload']

/** The `RemovalFailure` that a call ends with; anything else fails the test. */
export async function failureOf(call: Promise<unknown>): Promise<RemovalFailure> {
  const outcome: unknown = await call.then(
    (value) => new Error(`gave a value: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  )
  if (isRemovalFailure(outcome)) return outcome
  throw outcome
}
