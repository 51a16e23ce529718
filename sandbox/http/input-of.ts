import type { FastifyRequest } from 'fastify'
import type { Route } from '../faults/fault.ts'
import { inputName } from '../state/input-name.ts'
import { peekFileName } from './peek-file-name.ts'
import type { Site } from './site.ts'

/** Whose request this is, said by the name that the input was uploaded under; null where that is not known. */
export async function inputOf(
  request: FastifyRequest,
  route: Route,
  jobId: string | null,
  { state }: Pick<Site, 'state'>,
): Promise<string | null> {
  if (route === 'upload') return peekFileName(request.raw)
  const videoUrl = route === 'create' ? wantedVideo(request.body) : state.jobs.get(jobId ?? '')?.videoUrl
  return videoUrl === undefined ? null : inputName(state, videoUrl)
}

/** The body is checked by its operation; here it may be anything. */
function wantedVideo(body: unknown): string | undefined {
  try {
    const { video_url } = JSON.parse(String(body)) as { video_url?: unknown }
    return typeof video_url === 'string' ? video_url : undefined
  } catch {
    return undefined
  }
}
