/** A short text as the stream that storage takes. */
export async function* oneChunk(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content)
}
