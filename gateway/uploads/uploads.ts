import type { GivenInput } from '../../client/start/given-input.ts'

/** What people bring in pieces, before a removal takes it. */
export interface Uploads {
  /** A finished upload of this project, as a removal takes it. Throws a refusal for one that is not there, or not whole. */
  finished(id: string, project: string): Promise<GivenInput>
  /** Removes the uploads whose time is over, with what unfinished ones have left in the storage. Returns how many went. */
  removeExpired(): Promise<number>
}
