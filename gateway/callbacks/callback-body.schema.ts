import { z } from 'zod'

const name = z.string().min(1).max(200)

/** What a callback's body is read for: the job's id and the event, wherever the vendor puts them. */
const callbackBodySchema = z.looseObject({
  event: name.optional().catch(undefined),
  id: name.optional().catch(undefined),
  job_id: name.optional().catch(undefined),
  data: z
    .looseObject({ id: name.optional().catch(undefined), job_id: name.optional().catch(undefined) })
    .optional()
    .catch(undefined),
})

/** The facts of a callback; empty strings where it does not say them. A body that is no JSON says nothing. */
export function callbackFacts(
  rawBody: Buffer,
  eventHeader: string | undefined,
): { vendorJobId: string; event: string } {
  const body = callbackBodySchema.safeParse(jsonFrom(rawBody)).data ?? {}
  const { data, id, job_id: jobId } = body
  return {
    vendorJobId: data?.id ?? data?.job_id ?? id ?? jobId ?? '',
    event: (eventHeader ?? body.event ?? '').slice(0, 100),
  }
}

function jsonFrom(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'))
  } catch {
    return {}
  }
}
