import type { Tools } from '../run-tool.ts'
import { hashFile } from './hash-file.ts'
import type { VideoFacts } from './probe-video.ts'
import { probeVideo } from './probe-video.ts'

export type KnownVideos = {
  /** Checksum and facts of a file whose content does not change. The same bytes are measured once. */
  look(path: string): Promise<{ sha256: string; facts: VideoFacts }>
}

export function createKnownVideos(tools: Tools): KnownVideos {
  const sums = new Map<string, Promise<string>>()
  const facts = new Map<string, Promise<VideoFacts>>()
  return {
    async look(path) {
      const sha256 = await remember(sums, path, () => hashFile(path))
      return { sha256, facts: await remember(facts, sha256, () => probeVideo(path, tools)) }
    },
  }
}

function remember<T>(known: Map<string, Promise<T>>, key: string, find: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? find()
  known.set(key, found)
  return found
}
