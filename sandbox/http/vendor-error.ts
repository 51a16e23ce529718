import type { SandboxModes } from '../modes.ts'
import type { Reply } from './reply.ts'

/** A refusal in the vendor's words. */
export class VendorError extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export function invalidRequest(message: string): VendorError {
  return new VendorError(400, 'invalid_request', message)
}

export function jobNotFound(): VendorError {
  return new VendorError(404, 'not_found', 'Job not found')
}

/** The refusal in the shape that the mode asks for. */
export function answerFromError(
  { status, code, message }: Pick<VendorError, 'status' | 'code' | 'message'>,
  requestId: string,
  shape: SandboxModes['errorShape'],
): Reply {
  switch (shape) {
    case 'envelope':
      return { status, json: { error: { code, message, request_id: requestId } } }
    case 'string':
      return { status, json: { error: message } }
    case 'message':
      return { status, json: { message } }
    case 'detail':
      return { status, json: { detail: [{ msg: message }] } }
    case 'html':
      return { status, text: `<html><body><h1>${status}</h1></body></html>`, contentType: 'text/html' }
  }
}
