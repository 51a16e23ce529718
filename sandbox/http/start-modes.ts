import type { StartModes } from '../modes.ts'
import { inputName } from '../state/input-name.ts'
import type { Site } from './site.ts'

/** How drafts and starts of one video show. */
export function startModesOf(
  videoUrl: string,
  { modes, ownStartModes, state }: Pick<Site, 'modes' | 'ownStartModes' | 'state'>,
): StartModes {
  const own = ownStartModes.get(inputName(state, videoUrl) ?? '')
  return own === undefined ? modes : { ...modes, ...own }
}
