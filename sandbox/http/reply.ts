/** What an operation answers, before it goes onto the wire. */
export type Reply = { status: number; headers?: Record<string, string> } & (
  | { json: unknown }
  | { text: string; contentType: string }
  | { file: FileSlice }
)

export type FileSlice = {
  path: string
  contentType: string
  /** First byte and the one after the last. */
  start: number
  end: number
  /** Sent in reality, when it is less than what the headers announce. */
  cutAt?: number
  /** Told how far the reply got. */
  onSent?: (start: number, end: number) => void
}
