import type { HashMessage } from './hash-worker.ts'

/** The SHA-256 of a file in hex, read in a worker so that the page stays quick. Plain JavaScript: wasm would need a looser policy. */
export async function hashFile(file: File, onShare: (share: number) => void): Promise<string> {
  const worker = new Worker('/page/hash-worker.js', { type: 'module' })
  try {
    return await new Promise<string>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<HashMessage>) => {
        if ('share' in data) onShare(data.share)
        else if ('sha256' in data) resolve(data.sha256)
        else reject(new Error(data.failed))
      }
      worker.onerror = ({ message }) => reject(new Error(message || 'the file cannot be read'))
      worker.postMessage(file)
    })
  } finally {
    worker.terminate()
  }
}
