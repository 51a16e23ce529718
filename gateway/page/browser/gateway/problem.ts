import type { FailureKind } from '../../../../domain/failures.ts'

/** A refusal of the gateway (RFC 9457), or that it could not be reached. */
export class Problem extends Error {
  override readonly name = 'Problem'
  /** 0 where no answer came. */
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

/** The problem that an answer of the gateway carries. */
export async function problemFromAnswer(answer: Response): Promise<Problem> {
  const requestId = answer.headers.get('x-request-id')
  const body: Partial<Problem & { detail: string }> = await answer.json().catch(() => ({}))
  return new Problem(
    body.title ?? `The gateway answered ${answer.status}`,
    body.detail ?? answer.statusText,
    { status: answer.status, kind: body.kind ?? null, requestId: body.requestId ?? requestId },
  )
}
