import type { FastifyInstance } from 'fastify'
import {
  creditsSchema,
  keysSchema,
  modesSchema,
  startModesSchema,
  webhooksSchema,
} from '../control.schema.ts'
import { faultsSchema } from '../faults/fault.schema.ts'
import type { Fault } from '../faults/fault.ts'
import type { SandboxModes, StartModes } from '../modes.ts'
import type { Sandbox } from '../sandbox.ts'
import { parseBody } from './parse-body.ts'

/** `/__sandbox/`: the sandbox's own controls, which the vendor does not have. */
export function addControlRoutes(
  app: FastifyInstance,
  sandbox: Omit<Sandbox, 'url' | 'keys' | 'close'>,
): void {
  const done = { ok: true }
  app.get('/__sandbox/report', async () => sandbox.report())
  app.get('/__sandbox/requests', async () => sandbox.requests())
  app.post('/__sandbox/faults', async (request) => {
    sandbox.addFaults(parseBody(request, faultsSchema) as Fault[])
    return done
  })
  app.delete<{ Querystring: { input?: string } }>('/__sandbox/faults', async (request) => {
    sandbox.clearFaults(request.query.input)
    return done
  })
  app.post<{ Querystring: { input?: string } }>('/__sandbox/modes', async (request) => {
    const { input } = request.query
    if (input === undefined) sandbox.setModes(parseBody(request, modesSchema) as Partial<SandboxModes>)
    else sandbox.setStartModes(input, parseBody(request, startModesSchema) as Partial<StartModes>)
    return done
  })
  app.post('/__sandbox/credits', async (request) => {
    sandbox.setCredits(parseBody(request, creditsSchema).credits)
    return done
  })
  app.post('/__sandbox/webhooks', async (request) => {
    sandbox.setWebhookSecret(parseBody(request, webhooksSchema).secret)
    return done
  })
  app.post('/__sandbox/keys', async (request) => {
    const { revoke, accept } = parseBody(request, keysSchema)
    if (revoke !== undefined) sandbox.revokeKey(revoke)
    if (accept !== undefined) sandbox.acceptKey(accept)
    return done
  })
}
