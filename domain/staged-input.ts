/** The file or URL that the client staged under its own key before it started the workflow. */
export type StagedInput =
  | { kind: 'file'; key: string; fileName: string; sizeBytes: number; sha256: string; fingerprint: string }
  /** The URL's query string may be a credential, so only its storage key enters the history. */
  | { kind: 'url-query'; key: string; fingerprint: string }
  | { kind: 'url'; fingerprint: string }
  /** The caller's own object, which stays. */
  | { kind: 'stored'; fingerprint: string }
