/**
 * The file or URL that the client staged under its own key before it started the workflow. `joinable` is set where the
 * caller gave no id and did not ask for a new removal: then another open removal of the same request serves it as well.
 * Callers of older versions do not say so, and count as if they had given the id.
 */
export type StagedInput = { joinable?: true } & (
  | { kind: 'file'; key: string; fileName: string; sizeBytes: number; sha256: string; fingerprint: string }
  /** The URL's query string may be a credential, so only its storage key enters the history. */
  | { kind: 'url-query'; key: string; fingerprint: string }
  | { kind: 'url'; fingerprint: string }
  /** The caller's own object, which stays. */
  | { kind: 'stored'; fingerprint: string }
)
