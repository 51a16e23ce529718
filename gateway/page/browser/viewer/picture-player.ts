import type { Player } from './player.ts'

/** A picture, still or animated. */
export async function openPicture(url: string, note: string | null): Promise<Player> {
  const image = new Image()
  image.alt = ''
  image.src = url
  await image.decode()
  return {
    element: image,
    width: image.naturalWidth,
    height: image.naturalHeight,
    controls: null,
    note,
    close: () => image.removeAttribute('src'),
  }
}
