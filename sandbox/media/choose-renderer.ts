import type { Model } from '../state/vendor-job.ts'
import type { VideoFacts } from './input/probe-video.ts'
import { findKeyColour } from './key/find-key-colour.ts'
import type { Matte } from './key/matte.ts'
import type { PersonRenderer } from './person/person-renderer.ts'
import type { RendererName } from './renderer.ts'
import type { Tools } from './run-tool.ts'

/** Who renders a video, and the matte where that is known by then. */
export interface Choice {
  by: RendererName
  matte: Matte | null
}

export interface Wanted {
  input: string
  facts: VideoFacts
  seconds: number
  model: Model
}

/**
 * A green or blue screen is keyed, whatever the vendor's model. Without one, `human` means the person model, and so
 * do the other models where that finds a person. All else is told apart by what moves.
 */
export async function chooseRenderer(
  wanted: Wanted,
  person: PersonRenderer | null,
  tools: Tools,
): Promise<Choice> {
  const rgb = await findKeyColour(wanted.input, tools)
  if (rgb !== null) return { by: 'key', matte: { by: 'key', rgb } }
  const isForPeople =
    person !== null && (wanted.model === 'human' || (await person.findsPerson(wanted, tools)))
  return { by: isForPeople ? 'person' : 'key', matte: null }
}
