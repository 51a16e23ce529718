import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

/** What the worker says while it reads a file. */
export type HashMessage = { share: number } | { sha256: string } | { failed: string }

// The worker's own scope; types for pages and for workers do not go together.
const scope = self as unknown as {
  postMessage(message: HashMessage): void
  onmessage: ((event: MessageEvent<File>) => void) | null
}

scope.onmessage = ({ data: file }) => {
  void hash(file).catch((error: unknown) => scope.postMessage({ failed: String(error) }))
}

async function hash(file: File): Promise<void> {
  const digest = sha256.create()
  let done = 0
  const reader = file.stream().getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    digest.update(part.value)
    done += part.value.byteLength
    scope.postMessage({ share: done / file.size })
  }
  scope.postMessage({ sha256: bytesToHex(digest.digest()) })
}
