/**
 * The file or URL that the client staged under its own key before it started the workflow. `joinable` is set where the
 * caller gave no id and did not ask for a new removal: then another open removal of the same request serves it as well.
 * Callers of older versions do not say so, and count as if they had given the id.
 */
export type StagedInput = {
  /** Another open removal of the same request may serve this one. */
  joinable?: true
} & (
  | {
      /** Where the input is. */
      kind: 'file'
      /** Its key in the storage. */
      key: string
      /** As it is shown. */
      fileName: string
      /** Its size. */
      sizeBytes: number
      /** Its SHA-256, hexadecimal. */
      sha256: string
      /** Of the request with this input. */
      fingerprint: string
    }
  /** The URL's query string may be a credential, so only its storage key enters the history. */
  | {
      /** Where the input is. */
      kind: 'url-query'
      /** Its key in the storage. */
      key: string
      /** Of the request with this input. */
      fingerprint: string
    }
  | {
      /** Where the input is. */
      kind: 'url'
      /** Of the request with this input. */
      fingerprint: string
    }
  /** The caller's own object, which stays. */
  | {
      /** Where the input is. */
      kind: 'stored'
      /** Of the request with this input. */
      fingerprint: string
    }
)
