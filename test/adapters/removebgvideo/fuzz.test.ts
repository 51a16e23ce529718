import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { vendorErrorFrom } from '../../../adapters/removebgvideo/responses/vendor-error.schema.ts'
import { vendorJobSchema } from '../../../adapters/removebgvideo/vendor-job.schema.ts'
import { isRemovalFailure } from '../../../domain/removal-failure.ts'
import { API_KEY, aClient, CALLS, JOB_ID, OPERATIONS } from './support/calls.ts'
import { startVendorServer } from './support/vendor-server.ts'

/** JSON whose members are the ones that we read, with anything in them. */
const nearContract = fc.dictionary(
  fc.constantFrom(
    'id',
    'job_id',
    'status',
    'success',
    'error',
    'message',
    'detail',
    'code',
    'request_id',
    'progress',
    'output_url',
    'video_url',
    'download_url',
    'items',
    'jobs',
    'data',
    'size',
    'credits_used',
    'duration_seconds',
    'model_pricing_credits_per_minute',
    'checks',
    'billing_status',
    '__proto__',
  ),
  fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(JOB_ID, 'completed', API_KEY, 'https://e.com/a?b=c', -1, 1e308, '50', false),
    fc.array(fc.dictionary(fc.constantFrom('id', 'status', 'msg'), fc.jsonValue())),
  ),
)

const body = fc.oneof(
  fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
  nearContract.map((value) => Buffer.from(JSON.stringify(value))),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
)
const status = fc.oneof(fc.constantFrom(200, 201, 202), fc.integer({ min: 200, max: 599 }))

describe('whatever the vendor answers', () => {
  it.each(OPERATIONS)('%s ends with a value or a RemovalFailure', async (operation) => {
    let answer = { status: 200, body: Buffer.alloc(0) }
    const { url } = await startVendorServer((_request, response) => {
      response.writeHead(answer.status)
      response.end(answer.body)
    })
    const client = aClient(url)

    await fc.assert(
      fc.asyncProperty(status, body, async (anyStatus, anyBody) => {
        answer = { status: anyStatus, body: anyBody }
        try {
          await CALLS[operation](client)
        } catch (error) {
          if (!isRemovalFailure(error)) throw error
          expect(error.message.length).toBeLessThanOrEqual(400)
          expect(JSON.stringify([error.message, error.facts])).not.toContain(API_KEY)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('a job has a finite progress from 0 to 100, or none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.double(), fc.double().map(String)), (progress) => {
        const job = vendorJobSchema.parse({ id: JOB_ID, status: 'processing', progress })
        return job.progress === null || (job.progress >= 0 && job.progress <= 100)
      }),
    )
  })

  it('an error shape never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.anything(), nearContract), (any) => void vendorErrorFrom(any)))
  })
})
