import type { Page } from 'playwright-core'

/** The least and the most opaque pixel of what an element shows. */
export async function alphaOf(page: Page, selector: string): Promise<{ least: number; most: number }> {
  return page.locator(selector).evaluate(async (element) => {
    if (element instanceof HTMLVideoElement) {
      // From the middle of the clip, where somebody is.
      element.pause()
      element.currentTime = element.duration / 2
      await new Promise((resolve) => element.addEventListener('seeked', resolve, { once: true }))
    }
    const canvas = document.createElement('canvas')
    canvas.width = 320
    canvas.height = 240
    const context = canvas.getContext('2d', { willReadFrequently: true })!
    let [least, most] = [255, 0]
    // A canvas may be between two frames.
    for (let look = 0; look < 20 && most < 255; look += 1) {
      context.clearRect(0, 0, 320, 240)
      context.drawImage(element as CanvasImageSource, 0, 0, 320, 240)
      const { data } = context.getImageData(0, 0, 320, 240)
      ;[least, most] = [255, 0]
      for (let index = 3; index < data.length; index += 4) {
        const opacity = data[index] ?? 0
        least = Math.min(least, opacity)
        most = Math.max(most, opacity)
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return { least, most }
  })
}

/** Makes a browser draw the pictures of its video player as those do that know no alpha. */
export function drawsVideoOnBlack(): void {
  const { drawImage } = CanvasRenderingContext2D.prototype
  CanvasRenderingContext2D.prototype.drawImage = function (
    this: CanvasRenderingContext2D,
    ...args: Parameters<typeof drawImage>
  ) {
    if (args[0] instanceof HTMLVideoElement) {
      this.fillStyle = '#000'
      this.fillRect(0, 0, this.canvas.width, this.canvas.height)
    }
    return drawImage.apply(this, args)
  } as typeof drawImage
}
