import { RemovalFailure } from '../../domain/removal-failure.ts'
import { removalIdSchema } from '../../domain/removal-request.schema.ts'

/** An id as somebody typed it; `InvalidRequest` when it cannot be one. */
export function readId(id: string): string {
  const parsed = removalIdSchema.safeParse(id)
  if (parsed.success) return parsed.data
  throw new RemovalFailure(
    'InvalidRequest',
    `<id>: expected 1 to 64 of A-Z a-z 0-9 _ -, not ${id.slice(0, 80)}`,
  )
}
