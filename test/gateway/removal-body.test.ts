import { describe, expect, it } from 'vitest'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { removalBody, removalBodySchema } from '../../gateway/removals/removal-body.schema.ts'

/** A document in which everything is there. A field that is added to documents is missed here by the compiler. */
type Told<Value> = Value extends readonly (infer Item)[]
  ? Told<Item>[]
  : Value extends object
    ? { [Key in keyof Value]-?: Told<NonNullable<Value[Key]>> }
    : Value

const WHOLE: Told<RemovalDocument> = {
  id: 'rm_1',
  state: 'parked',
  project: 'default',
  user: 'ada',
  reference: 'order 7',
  input: { source: 'clip.mp4', bytes: 1, durationSeconds: 3, sha256: 'ab' },
  requested: { model: 'human', outputFormat: 'webm', background: { type: 'color', color: '#00ff00' } },
  served: { model: 'light', outputFormat: 'mov', why: 'fallback' },
  vendorJobs: [
    {
      id: 'job',
      model: 'human',
      outputFormat: 'webm',
      state: 'completed',
      keyAlias: 'default',
      requestIds: ['req_1'],
      credits: { estimated: 2.25, charged: 2.25 },
    },
  ],
  output: {
    location: 'file:///a',
    bytes: 1,
    sha256: 'ab',
    durationSeconds: 3,
    hasAlpha: true,
    warnings: [{ code: 'alpha-partial', message: 'partly' }],
  },
  refusedOutput: { location: 'file:///b', bytes: 1, sha256: 'ab' },
  credits: { estimated: 2.25, charged: 2.25, unit: 'credit' },
  failure: {
    kind: 'OutputInvalid',
    message: 'm',
    userMessage: 'u',
    requestId: 'req_1',
    vendorJobId: 'job',
    attempts: 2,
    retryable: false,
    hint: 'h',
    proven: true,
  },
  outage: { kind: 'RateLimited', message: 'm', attempts: 1, since: 's', nextTryAt: 'n' },
  parkedSince: 'p',
  progress: 50,
  transfer: { bytes: 1, totalBytes: 2 },
  vendorJob: 'running',
  createdAt: 'c',
  finishedAt: 'f',
  deletedAt: 'd',
  temporal: { workflowId: 'removal/rm_1', runId: 'run', namespace: 'default' },
}

describe('the body of a removal over HTTP', () => {
  it('is the document that the command line and the library tell, whole, with its links', () => {
    const { links, ...document } = removalBodySchema.encode(removalBody(WHOLE))

    expect(document).toEqual(WHOLE)
    expect(Object.keys(links)).toEqual(['self', 'events', 'output', 'cancel'])
  })
})
