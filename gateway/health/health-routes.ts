import type { FastifyPluginAsync } from 'fastify'
import { answerWithin } from '../../domain/answer-within.ts'

/** What the gateway leans on, each with a question that answers quickly or throws. */
export interface Readiness {
  temporal(): Promise<void>
  ledger(): Promise<void>
  storage(): Promise<void>
}

/** An answer that takes longer helps nobody who asks whether to send requests here. */
const ANSWER_WITHIN_MS = 4_000

/** `/healthz`: the process lives. `/readyz`: it can do its work, else what is missing. Both need no token. */
export function healthRoutes(ready: Readiness, draining: AbortSignal): FastifyPluginAsync {
  const schema = { hide: true } as object
  return async (routes) => {
    routes.get('/healthz', { schema }, async () => ({ status: 'ok' }))
    routes.get('/readyz', { schema }, async (_request, reply) => {
      const names = ['temporal', 'ledger', 'storage'] as const
      const checks = await Promise.all(names.map(async (name) => [name, await stateOf(ready[name])] as const))
      const isReady = !draining.aborted && checks.every(([, state]) => state === 'ok')
      const status = draining.aborted ? 'draining' : isReady ? 'ready' : 'not ready'
      return reply.code(isReady ? 200 : 503).send({ status, ...Object.fromEntries(checks) })
    })
  }
}

async function stateOf(ask: () => Promise<void>): Promise<'ok' | 'unreachable'> {
  try {
    await answerWithin(ANSWER_WITHIN_MS, ask())
    return 'ok'
  } catch {
    return 'unreachable'
  }
}
