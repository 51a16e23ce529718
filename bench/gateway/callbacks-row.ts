import { Pool } from 'undici'
import { signWebhook } from '../../adapters/removebgvideo/webhook-signature.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { median } from '../percentile.ts'
import { startBenchGateway } from './gateway-process.ts'

const SECRET = 'bench'
const AT_ONCE = 20
const TURNS = { quick: 1, full: 5 } as const
const REQUESTS = { quick: 500, full: 6_000 } as const
const BODY = JSON.stringify({ event: 'job.completed', data: { id: 'job_1', status: 'completed' } })

/** Webhooks a second, with raw body, HMAC and time checked, beside a route of the same framework that does nothing. */
export async function callbacksRow({ quick, folder, progress }: BenchContext): Promise<BenchRow> {
  const gateway = await startBenchGateway(folder, SECRET)
  const size = quick ? 'quick' : 'full'
  const path = '/webhooks/removebgvideo/rm_1'
  try {
    const ours: number[] = []
    const bare: number[] = []
    // What is compiled by the first requests is in neither figure.
    await perSecond(gateway.url, path, REQUESTS.quick)
    await perSecond(gateway.bareUrl, '/', REQUESTS.quick)
    for (let turn = 1; turn <= TURNS[size]; turn += 1) {
      progress(`webhooks, turn ${turn}`)
      ours.push(await perSecond(gateway.url, path, REQUESTS[size]))
      bare.push(await perSecond(gateway.bareUrl, '/', REQUESTS[size]))
    }
    return row({
      figure: 'webhooks with verification, the signal left out',
      value: median(ours),
      unit: 'requests/s',
      beside: { what: 'a bare Fastify route', value: median(bare) },
      ratio: median(ours.map((value, turn) => value / (bare[turn] ?? 1))),
    })
  } finally {
    gateway.kill()
  }
}

async function perSecond(url: string, path: string, count: number): Promise<number> {
  const pool = new Pool(url, { connections: AT_ONCE })
  const timestamp = new Date().toISOString()
  const headers = {
    'content-type': 'application/json',
    'x-webhook-event': 'job.completed',
    'x-webhook-timestamp': timestamp,
    'x-webhook-signature': signWebhook(SECRET, timestamp, Buffer.from(BODY)),
  }
  const begun = performance.now()
  let left = count
  const send = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const { statusCode, body } = await pool.request({ method: 'POST', path, headers, body: BODY })
      await body.dump()
      if (statusCode !== 202) throw new Error(`the gateway answered a webhook with ${statusCode}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, send))
  const seconds = (performance.now() - begun) / 1_000
  await pool.close()
  return count / seconds
}
