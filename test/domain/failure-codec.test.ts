import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeFailure, encodeFailure, STILL_WAITING } from '../../domain/failure-codec.ts'
import type { FailureKind } from '../../domain/failures.ts'
import { FAILURES } from '../../domain/failures.ts'
import { blankDocument } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'

const HISTORIES = join(import.meta.dirname, '../histories')

/** As a history keeps what was encoded: as JSON. */
const kept = (failure: RemovalFailure) => {
  const { cause, ...encoded } = encodeFailure(failure)
  return { ...(JSON.parse(JSON.stringify(encoded)) as typeof encoded), cause }
}

describe.each(Object.keys(FAILURES) as FailureKind[])('a failure of the kind %s', (kind) => {
  it('comes back as it was, with its removal and what else the workflow must know', () => {
    const facts = { vendorJobId: 'job_1', requestId: 'req_1', removalId: 'rm_1', startInDoubt: true }
    const failure = new RemovalFailure(kind, 'what failed', facts)

    const decoded = decodeFailure(kept(failure))

    expect(decoded?.toDocument()).toEqual(failure.toDocument())
    expect(decoded).toMatchObject({ kind, removalId: 'rm_1', facts: { startInDoubt: true } })
  })
})

describe('the failure that a removal ended with', () => {
  it('carries the whole document of the removal', () => {
    const failure = new RemovalFailure('ProcessingFailed', 'GPU worker lost').toDocument()
    const document = blankDocument({ id: 'rm_1', failure })

    const decoded = decodeFailure(kept(RemovalFailure.fromDocument(failure, document)))

    expect(decoded).toMatchObject({ kind: 'ProcessingFailed', removalId: 'rm_1', document })
  })
})

describe('a cause', () => {
  it('is kept by its first line, without the query of a URL', () => {
    const inner = new Error('getaddrinfo ENOTFOUND cdn.example')
    const cause = new Error('GET https://cdn.example/a.webm?signature=secret\nparams: secret', {
      cause: inner,
    })

    const { cause: encoded } = encodeFailure(new RemovalFailure('VendorUnavailable', 'no answer', { cause }))

    expect(encoded?.message).toBe('GET https://cdn.example/a.webm?…')
    expect(encoded?.cause).toMatchObject({ message: inner.message })
    expect(JSON.stringify([encoded?.message, encoded?.stack])).not.toContain('secret')
  })
})

describe('a failure of somebody else', () => {
  it('is a bug, whatever it carries', () => {
    expect(decodeFailure({ type: 'Error', message: 'x', details: ['y'] })).toMatchObject({
      kind: 'Unexpected',
    })
  })

  it('is none where it only waits', () => {
    expect(decodeFailure({ type: STILL_WAITING, message: 'x', details: [null] })).toBeNull()
  })
})

describe('the failures of recorded histories', () => {
  const recorded = readdirSync(HISTORIES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json.gz'))
    .flatMap((name) =>
      failuresIn(JSON.parse(gunzipSync(readFileSync(join(HISTORIES, name))).toString('utf8'))),
    )

  it('decode with the kind and the document that they were written with', () => {
    const ours = recorded.filter(({ type }) => type !== STILL_WAITING)
    expect(ours.length).toBeGreaterThan(3)
    for (const failure of ours) {
      const decoded = decodeFailure(failure)
      expect(decoded?.kind).toBe(failure.type)
      expect(decoded?.toDocument().userMessage).toEqual(expect.any(String))
    }
  })
})

interface Recorded {
  type: string
  message: string
  details: unknown[]
}

function failuresIn(value: unknown): Recorded[] {
  if (typeof value !== 'object' || value === null) return []
  const { message, applicationFailureInfo: info } = value as {
    message?: string
    applicationFailureInfo?: { type: string; details?: { payloads?: { data: string }[] } }
  }
  const inner = Object.values(value).flatMap(failuresIn)
  if (info === undefined) return inner
  const details = (info.details?.payloads ?? []).map(
    ({ data }) => JSON.parse(Buffer.from(data, 'base64').toString('utf8')) as unknown,
  )
  return [{ type: info.type, message: message ?? '', details }, ...inner]
}
