export interface Size {
  width: number
  height: number
}

/** The colours of a picture, between 0 and 1. */
export interface Planes {
  red: Float32Array
  green: Float32Array
  blue: Float32Array
}

/** A picture at a model's size. */
export interface SmallPicture extends Planes {
  /** Red, green, blue of each pixel after another, as a model takes it. */
  interleaved: Float32Array
  brightness: Float32Array
}

/** Shrinks RGB pixels, each new one the mean of those that it covers. The answer is overwritten by the next call. */
export function createShrinking(from: Size, { width, height }: Size): (rgb: Uint8Array) => SmallPicture {
  const plane = () => new Float32Array(width * height)
  const [red, green, blue, brightness] = [plane(), plane(), plane(), plane()]
  const interleaved = new Float32Array(width * height * 3)
  return (rgb) => {
    for (let y = 0, to = 0; y < height; y += 1) {
      const top = Math.floor((y * from.height) / height)
      const bottom = Math.max(top + 1, Math.floor(((y + 1) * from.height) / height))
      for (let x = 0; x < width; x += 1, to += 1) {
        const left = Math.floor((x * from.width) / width)
        const right = Math.max(left + 1, Math.floor(((x + 1) * from.width) / width))
        let r = 0
        let g = 0
        let b = 0
        for (let row = top; row < bottom; row += 1) {
          const end = (row * from.width + right) * 3
          for (let at = (row * from.width + left) * 3; at < end; at += 3) {
            r += rgb[at] ?? 0
            g += rgb[at + 1] ?? 0
            b += rgb[at + 2] ?? 0
          }
        }
        const scale = 1 / (255 * (right - left) * (bottom - top))
        red[to] = interleaved[3 * to] = r * scale
        green[to] = interleaved[3 * to + 1] = g * scale
        blue[to] = interleaved[3 * to + 2] = b * scale
        brightness[to] = (0.299 * r + 0.587 * g + 0.114 * b) * scale
      }
    }
    return { red, green, blue, interleaved, brightness }
  }
}
