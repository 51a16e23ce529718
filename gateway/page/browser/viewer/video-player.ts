import type { Player } from './player.ts'

/** A video that the browser plays by itself, in a loop and muted until asked for sound. Rejects for what it cannot play. */
export async function openVideoPlayer(url: string): Promise<Player> {
  const video = document.createElement('video')
  video.muted = true
  video.loop = true
  video.playsInline = true
  video.preload = 'auto'
  video.src = url
  await new Promise<void>((resolve, reject) => {
    video.addEventListener('loadeddata', () => resolve(), { once: true })
    video.addEventListener('error', () => reject(new Error(video.error?.message ?? 'it cannot be played')), {
      once: true,
    })
  })
  const listeners = new Set<() => void>()
  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  for (const event of ['play', 'pause', 'seeked', 'volumechange', 'timeupdate'])
    video.addEventListener(event, tell)
  return {
    element: video,
    width: video.videoWidth,
    height: video.videoHeight,
    note: null,
    controls: {
      get durationSeconds() {
        return Number.isFinite(video.duration) ? video.duration : 0
      },
      get timeSeconds() {
        return video.currentTime
      },
      set timeSeconds(seconds) {
        video.currentTime = seconds
      },
      get isPaused() {
        return video.paused
      },
      get isMuted() {
        return video.muted
      },
      set isMuted(isMuted) {
        video.muted = isMuted ?? true
      },
      // A browser that does not let it begin shows the first frame, and the button.
      play: () => void video.play().catch(() => {}),
      pause: () => video.pause(),
      onChange: (listener) => void listeners.add(listener),
    },
    close() {
      listeners.clear()
      video.pause()
      video.removeAttribute('src')
      video.load()
    },
  }
}
