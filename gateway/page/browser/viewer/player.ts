/** What shows an output, or an original. */
export interface Player {
  element: HTMLVideoElement | HTMLCanvasElement | HTMLImageElement
  width: number
  height: number
  /** Null for a picture. */
  controls: PlayerControls | null
  /** Why it is shown in another way than one would expect; null where it is not. */
  note: string | null
  close(): void
}

/** What can be done with a moving picture. */
interface PlayerControls {
  readonly durationSeconds: number
  timeSeconds: number
  readonly isPaused: boolean
  play(): void
  pause(): void
  /** Null where it has no sound here. */
  isMuted: boolean | null
  /** Hears of every frame, and of play and pause. */
  onChange(listener: () => void): void
}
