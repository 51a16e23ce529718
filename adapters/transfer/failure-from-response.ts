import { RemovalFailure } from '../../domain/removal-failure.ts'

/** What the answer of an output host means when it is not the output itself. `host` stands for the URL, which is signed. */
export function failureFromResponse(host: string, httpStatus: number, retryAfter?: string): RemovalFailure {
  const message = `fetch output from ${host}: the host answered ${httpStatus}`
  if (httpStatus === 403 || httpStatus === 404 || httpStatus === 410) {
    return new RemovalFailure('OutputExpired', message, { httpStatus })
  }
  if (httpStatus === 429) {
    const seconds = Number(retryAfter)
    return new RemovalFailure('RateLimited', message, {
      httpStatus,
      ...(Number.isFinite(seconds) && { retryAfterMs: seconds * 1_000 }),
    })
  }
  return new RemovalFailure(httpStatus >= 500 ? 'VendorUnavailable' : 'ContractViolation', message, {
    httpStatus,
  })
}
