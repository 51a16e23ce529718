/** A refusal as the tus server answers it, in the names that it reads. */
export class TusError extends Error {
  override readonly name = 'TusError'
  readonly status_code: number
  readonly body: string

  constructor({ status_code: status, body }: { status_code: number; body: string }) {
    super(body.trim())
    this.status_code = status
    this.body = body
  }
}
