import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { FastifyRequest } from 'fastify'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { ProjectLimits } from '../auth/project-limits.ts'
import { WrongFields } from '../http/field-errors.ts'
import { readForm } from '../http/read-form.ts'

/**
 * Lets `use` look at the file of a form, which lies in a temporary folder for as long as that takes and in no storage. The
 * folder goes in any case: also after a form that is refused, or broken off. A gateway that is killed meanwhile leaves it
 * where it keeps the parts of uploads, and the next one sweeps it.
 */
export async function withFileOfForm<Result>(
  request: FastifyRequest,
  { project, limits }: { project: string; limits: ProjectLimits },
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'matteflow-quote-')).catch(refuse)
  // Never by the name that the client gave.
  const path = join(folder, 'video')
  try {
    const { fields } = await readForm(request, { project, limits }, async (_fileName, bytes) => {
      await pipeline(bytes, createWriteStream(path)).catch(refuse)
    })
    const unknown = [...fields.keys()].map((field) => ({ field, message: 'is not known' }))
    if (unknown.length > 0) throw new WrongFields(unknown)
    return await use(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A disk that is full is ours, and no bug; what else breaks is told by the reader of the form. */
function refuse(error: NodeJS.ErrnoException): never {
  if (error.syscall === undefined) throw error
  throw new RemovalFailure('PlatformUnavailable', `the gateway's temporary folder: ${error.code}`, {
    cause: error,
  })
}
