/**
 * An input that the caller has put into the storage himself and whose facts he knows: the gateway streams a form's
 * file there while it arrives. Nothing is staged a second time.
 */
export interface GivenInput {
  key: string
  fileName: string
  sizeBytes: number
  sha256: string
  /**
   * The removal whose object this is, and which a new removal becomes unless the request has an id; what belongs to no
   * removal, or to another one, is copied.
   */
  stagedFor: string | null
}
