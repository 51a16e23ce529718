import { setTimeout as pause } from 'node:timers/promises'
import type { FaultAction } from '../faults/fault.ts'
import type { Reply } from './reply.ts'

/** What a fault can do to the connection. */
export type Wire = {
  hang(): void
  reset(): void
  /** Reads the request to its end. */
  drain(): Promise<void>
  closing: AbortSignal
  laterMs: number
}

type Refuse = (error: { status: number; code: string; message: string }) => Reply

/** Lets a fault strike one call. `carryOut` does what was asked and never rejects. */
export async function replyUnderFault(
  fault: FaultAction | undefined,
  carryOut: () => Promise<Reply>,
  wire: Wire,
  refuse: Refuse,
): Promise<Reply | 'lost'> {
  switch (fault?.type) {
    case 'reset':
      if (fault.when === 'after') await carryOut()
      wire.reset()
      return 'lost'
    case 'hang':
      if (fault.when === 'after') await carryOut()
      wire.hang()
      return 'lost'
    case 'delay': {
      if (fault.when === 'before') await wait(fault.ms, wire)
      const answer = await carryOut()
      if (fault.when === 'after') await wait(fault.ms, wire)
      return answer
    }
    case 'answer':
      if (fault.when === 'after') await carryOut()
      if (fault.when === 'later') void executeLater(fault.executeAfterMs ?? wire.laterMs, carryOut, wire)
      if (fault.when === 'before') await wire.drain()
      return scripted(fault, refuse)
    case 'change':
      return changed(await carryOut(), fault)
    case 'foreign-output':
      return elsewhere(await carryOut(), fault.origin)
    case 'break-json':
      return broken(await carryOut())
    case 'cut-output':
    case 'short-output':
    case 'label-output':
    case 'other-output':
    case 'webhook':
    case 'job':
    case undefined:
      return carryOut()
  }
}

async function wait(ms: number, wire: Wire): Promise<void> {
  await pause(ms, undefined, { signal: wire.closing, ref: false }).catch(() => {})
}

async function executeLater(ms: number, carryOut: () => Promise<Reply>, wire: Wire): Promise<void> {
  await wait(ms, wire)
  if (!wire.closing.aborted) await carryOut()
}

const CODES: Record<number, string> = {
  400: 'invalid_request',
  401: 'invalid_api_key',
  402: 'insufficient_credits',
  404: 'not_found',
  429: 'rate_limited',
  504: 'timeout',
}

function scripted(fault: FaultAction & { type: 'answer' }, refuse: Refuse): Reply {
  const { status, body, contentType, headers = {} } = fault
  if (body === undefined) {
    const code = CODES[status] ?? (status >= 500 ? 'internal_error' : 'forbidden')
    return { ...refuse({ status, code, message: `Scripted ${status}` }), headers }
  }
  if (typeof body === 'string')
    return { status, headers, text: body, contentType: contentType ?? 'text/plain' }
  return { status, headers, json: body }
}

function changed(answer: Reply, { set = {}, omit = [] }: FaultAction & { type: 'change' }): Reply {
  if (!('json' in answer) || answer.status >= 300) return answer
  const fields = Object.entries({ ...(answer.json as object), ...set })
  return { ...answer, json: Object.fromEntries(fields.filter(([name]) => !omit.includes(name))) }
}

function elsewhere(answer: Reply, origin: string): Reply {
  if (!('json' in answer)) return answer
  const moved = Object.entries(answer.json as object).map(([name, value]) => {
    const isUrl = (name === 'output_url' || name === 'download_url') && typeof value === 'string'
    const { pathname, search } = isUrl ? new URL(value) : { pathname: '', search: '' }
    return [name, isUrl ? `${origin.replace(/\/$/, '')}${pathname}${search}` : value]
  })
  return { ...answer, json: Object.fromEntries(moved) as unknown }
}

function broken(answer: Reply): Reply {
  if (!('json' in answer)) return answer
  const text = JSON.stringify(answer.json)
  return {
    status: answer.status,
    text: text.slice(0, Math.ceil(text.length / 2)),
    contentType: 'application/json',
  }
}
