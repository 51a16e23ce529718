import type { Background, Rgb } from '../state/vendor-job.ts'
import type { BackgroundWish, CreateRequest } from './job-request.schema.ts'
import { invalidRequest } from './vendor-error.ts'

type Wish = Pick<CreateRequest, 'bg_type' | 'background' | 'bg_color' | 'bg_image_url'>

const NAMED: Record<'green' | 'white' | 'black' | 'blue', readonly number[]> = {
  green: [0.035, 0.635, 0.274],
  white: [1, 1, 1],
  black: [0, 0, 0],
  blue: [0, 0, 1],
}

/** The background that a request asks for in either spelling; undefined when it names none. */
export function requestedBackground(wish: Wish): Background | undefined {
  const flat = flatBackground(wish)
  const nested = wish.background === undefined ? undefined : nestedBackground(wish.background)
  if (flat !== undefined && nested !== undefined && JSON.stringify(flat) !== JSON.stringify(nested)) {
    throw invalidRequest('bg_type and background ask for different backgrounds')
  }
  return nested ?? flat
}

function flatBackground({ bg_type, bg_color, bg_image_url }: Wish): Background | undefined {
  const coloured = bg_type === 'color' || bg_type === 'custom'
  if (bg_color !== undefined && !coloured) throw invalidRequest('bg_color goes with bg_type color or custom')
  if (bg_image_url !== undefined && bg_type !== 'image')
    throw invalidRequest('bg_image_url goes with bg_type image')
  switch (bg_type) {
    case undefined:
      return undefined
    case 'transparent':
      return { type: 'transparent' }
    case 'color':
    case 'custom':
      if (bg_color === undefined) throw invalidRequest(`bg_type ${bg_type} needs bg_color`)
      return { type: 'color', rgb: toBytes(bg_color) }
    case 'image':
      if (bg_image_url === undefined) throw invalidRequest('bg_type image needs bg_image_url')
      return { type: 'image', imageUrl: bg_image_url }
    case 'green':
    case 'white':
    case 'black':
    case 'blue':
      return { type: 'color', rgb: toBytes(NAMED[bg_type]) }
  }
}

function nestedBackground(background: BackgroundWish): Background {
  switch (background.type) {
    case 'transparent':
      return { type: 'transparent' }
    case 'image':
      return { type: 'image', imageUrl: background.image_url }
    case 'color': {
      const { color } = background
      const bytes = typeof color === 'string' ? [...Buffer.from(color.slice(1), 'hex')] : toBytes(color)
      return { type: 'color', rgb: [bytes[0] ?? 0, bytes[1] ?? 0, bytes[2] ?? 0] }
    }
  }
}

function toBytes([red = 0, green = 0, blue = 0]: readonly number[]): Rgb {
  return [Math.round(red * 255), Math.round(green * 255), Math.round(blue * 255)]
}
