import type { FailureKind } from '../../../../domain/failures.ts'

/** A refusal of the gateway (RFC 9457), or that it could not be reached. */
export class Problem extends Error {
  override readonly name = 'Problem'
  /** 0 where no response came. */
  readonly status: number
  /** One line about what happened. */
  readonly title: string
  readonly kind: FailureKind | null
  readonly requestId: string | null

  constructor(
    title: string,
    detail: string,
    {
      status = 0,
      kind = null,
      requestId = null,
    }: Partial<Pick<Problem, 'status' | 'kind' | 'requestId'>> = {},
  ) {
    super(detail)
    this.title = title
    this.status = status
    this.kind = kind
    this.requestId = requestId
  }
}

/** Any error as a problem that can be shown. */
export function problemFrom(error: unknown, title = 'Something went wrong in this page'): Problem {
  if (error instanceof Problem) return error
  return new Problem(title, error instanceof Error ? error.message : String(error))
}

/** The problem that a response of the gateway carries. */
export async function problemFromResponse(response: Response): Promise<Problem> {
  const requestId = response.headers.get('x-request-id')
  const body: Partial<Problem & { detail: string }> = await response.json().catch(() => ({}))
  return new Problem(
    body.title ?? `The gateway answered ${response.status}`,
    body.detail ?? response.statusText,
    { status: response.status, kind: body.kind ?? null, requestId: body.requestId ?? requestId },
  )
}
