import type { WrappedCanvas } from 'mediabunny'
import { CanvasSink, Input, UrlSource, WEBM } from 'mediabunny'
import type { Player } from './player.ts'

const NOTE =
  'This browser shows transparent video as black, so that this page decodes it itself, without the sound. The download is the whole.'

/**
 * A transparent WebM that mediabunny decodes, colour and alpha apart, onto a canvas: for browsers whose own player knows
 * no alpha. Rejects where the browser cannot decode it either.
 */
export async function openCanvasPlayer(url: string): Promise<Player> {
  const input = new Input({ source: new UrlSource(url), formats: [WEBM] })
  const track = await input.getPrimaryVideoTrack()
  if (track === null || !(await track.canDecode())) throw new Error('it cannot be decoded here')
  const durationSeconds = await input.computeDuration()
  const sink = new CanvasSink(track, { alpha: true, poolSize: 3 })
  const canvas = document.createElement('canvas')
  canvas.width = await track.getDisplayWidth()
  canvas.height = await track.getDisplayHeight()
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('there is no canvas here')
  const listeners = new Set<() => void>()
  let timeSeconds = 0
  let isPaused = true
  /** Each way through the frames; a later one ends the earlier. */
  let run = 0

  function draw({ canvas: frame, timestamp }: WrappedCanvas): void {
    context?.clearRect(0, 0, canvas.width, canvas.height)
    context?.drawImage(frame, 0, 0, canvas.width, canvas.height)
    timeSeconds = timestamp
    for (const listener of listeners) listener()
  }

  async function play(): Promise<void> {
    const own = ++run
    isPaused = false
    while (own === run) {
      const from = timeSeconds >= durationSeconds - 0.05 ? 0 : timeSeconds
      const begunAt = performance.now() - from * 1_000
      for await (const frame of sink.canvases(from)) {
        while (own === run && performance.now() - begunAt < frame.timestamp * 1_000) await nextFrame()
        if (own !== run) return
        draw(frame)
      }
      timeSeconds = durationSeconds
    }
  }

  async function seek(seconds: number): Promise<void> {
    const wasPaused = isPaused
    const own = ++run
    const frame = await sink.getCanvas(seconds)
    if (own !== run) return
    if (frame !== null) draw(frame)
    if (!wasPaused) await play()
  }

  await seek(0)
  return {
    element: canvas,
    width: canvas.width,
    height: canvas.height,
    note: NOTE,
    controls: {
      durationSeconds,
      get timeSeconds() {
        return timeSeconds
      },
      set timeSeconds(seconds) {
        void seek(seconds).catch(() => {})
      },
      get isPaused() {
        return isPaused
      },
      isMuted: null,
      play: () => void play().catch(() => {}),
      pause() {
        run += 1
        isPaused = true
        for (const listener of listeners) listener()
      },
      onChange: (listener) => void listeners.add(listener),
    },
    close() {
      run += 1
      listeners.clear()
      input.dispose()
    },
  }
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => resolve()))
}
