import type { PersonPart } from './find-person-part.ts'

/** What a process is started for, as its one argument in JSON. */
export interface PersonTask {
  /** `cut-out`: RGB frames in, RGBA frames out. `look`: RGB frames in, and at the end in how many somebody was seen. */
  kind: 'cut-out' | 'look'
  part: PersonPart
  /** Of the frames. */
  width: number
  height: number
}
