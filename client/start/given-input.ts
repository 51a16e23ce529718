/**
 * An input that the caller has put into the storage himself and whose facts he knows: the gateway streams a form's
 * file there while it arrives. Nothing is staged a second time.
 */
export interface GivenInput {
  key: string
  fileName: string
  sizeBytes: number
  sha256: string
  /** The object was made for this call and goes with it; one that others may use as well is copied. */
  isOwn: boolean
}
