/** What the page learns of a file before anything leaves this machine. */
export interface VideoFacts {
  durationSeconds: number | null
  width: number | null
  height: number | null
  /** A frame from near the beginning. */
  picture: Blob | null
}
