import { noSuchRemoval } from '../../client/status/describe-removal.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import type { Caller } from '../auth/authenticate.ts'
import type { GatewayDependencies } from '../gateway-dependencies.ts'

/** The document of a removal of the caller's project; another project's is as unknown as one that never was. */
export async function ownRemoval(
  id: string,
  { project }: Pick<Caller, 'project'>,
  { removals }: Pick<GatewayDependencies, 'removals'>,
): Promise<RemovalDocument> {
  const document = await removals.status(id)
  if (project !== null && document.project !== project) throw noSuchRemoval(id)
  return document
}
