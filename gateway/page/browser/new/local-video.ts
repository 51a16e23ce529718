import { pictureOf } from './picture-of.ts'
import type { VideoFacts } from './video-facts.ts'

const WITHIN_MS = 8_000
const FRAME_WITHIN_MS = 500

/** Reads length and a picture of a local video, by the browser's own player or else by mediabunny. Never fails. */
export async function readLocalVideo(file: File): Promise<VideoFacts> {
  const played = await playedVideo(file).catch(() => null)
  if (played !== null && played.durationSeconds !== null && played.picture !== null) return played
  const { readWithMediabunny } = await import('./read-with-mediabunny.ts')
  const decoded = await readWithMediabunny(file).catch(() => null)
  return {
    durationSeconds: decoded?.durationSeconds ?? played?.durationSeconds ?? null,
    width: decoded?.width ?? played?.width ?? null,
    height: decoded?.height ?? played?.height ?? null,
    picture: decoded?.picture ?? played?.picture ?? null,
  }
}

async function playedVideo(file: File): Promise<VideoFacts> {
  const video = document.createElement('video')
  video.muted = true
  video.playsInline = true
  video.preload = 'auto'
  const url = URL.createObjectURL(file)
  try {
    video.src = url
    await heard(video, 'loadeddata')
    const { videoWidth: width, videoHeight: height, duration } = video
    // A recording without a length in its header says Infinity.
    const durationSeconds = Number.isFinite(duration) && duration > 0 ? duration : null
    const shown = nextPicture(video)
    video.currentTime = Math.min(1, (durationSeconds ?? 0) / 3)
    await heard(video, 'seeked')
    await shown
    return { durationSeconds, width, height, picture: await pictureOf(video, width, height) }
  } finally {
    video.removeAttribute('src')
    video.load()
    URL.revokeObjectURL(url)
  }
}

/** A frame that was sought is not always there to be drawn at once. Browsers that do not say so are given a moment. */
function nextPicture(video: HTMLVideoElement): Promise<unknown> {
  const frame = new Promise((resolve) => video.requestVideoFrameCallback?.(resolve))
  return Promise.race([frame, new Promise((resolve) => setTimeout(resolve, FRAME_WITHIN_MS))])
}

function heard(video: HTMLVideoElement, event: 'loadeddata' | 'seeked'): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error(`the browser cannot play it (${event})`))
    video.addEventListener(event, () => resolve(), { once: true })
    video.addEventListener('error', fail, { once: true })
    setTimeout(fail, WITHIN_MS)
  })
}
