import { join } from 'node:path'
import type { Site } from './site.ts'

/** Where an upload lies, when the URL is one of this sandbox's own; undefined for every other URL. */
export function uploadPath(
  site: Pick<Site, 'dataDir' | 'state' | 'url'>,
  videoUrl: string,
): string | undefined {
  const { pathname, origin } = new URL(videoUrl)
  const [, folder, file = ''] = pathname.split('/')
  // After a restart on another port, old upload URLs still name the same files.
  const names = ['127.0.0.1', 'localhost', new URL(site.url()).hostname]
  const ours = origin === site.url() || names.includes(new URL(videoUrl).hostname)
  return ours && folder === 'uploads' && site.state.uploads.has(file)
    ? join(site.dataDir, 'uploads', file)
    : undefined
}
