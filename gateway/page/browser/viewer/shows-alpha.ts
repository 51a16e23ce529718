let result: Promise<boolean> | undefined

/**
 * Whether this browser's own player shows transparent WebM as transparent. It is tried, since no browser says: a frame
 * that is clear on its left and half clear on its right is played and read back.
 */
export function showsAlpha(): Promise<boolean> {
  result ??= probe().catch(() => false)
  return result
}

const WITHIN_MS = 3_000

async function probe(): Promise<boolean> {
  const video = document.createElement('video')
  video.muted = true
  video.playsInline = true
  video.preload = 'auto'
  video.src = '/page/probe.webm'
  await new Promise<void>((resolve, reject) => {
    video.addEventListener('loadeddata', () => resolve(), { once: true })
    video.addEventListener('error', () => reject(new Error('it cannot be played')), { once: true })
    setTimeout(() => reject(new Error('it does not load')), WITHIN_MS)
  })
  const canvas = document.createElement('canvas')
  canvas.width = 16
  canvas.height = 16
  const context = canvas.getContext('2d', { willReadFrequently: true })
  context?.drawImage(video, 0, 0)
  const alphaAt = (x: number): number => context?.getImageData(x, 8, 1, 1).data[3] ?? 255
  const [clear, half] = [alphaAt(3), alphaAt(12)]
  return clear < 32 && half > 64 && half < 192
}
