/** Twice what a list shows, for fine screens. */
export const PICTURE_WIDTH = 640

/** A small JPEG of what an element shows. */
export async function pictureOf(
  frame: CanvasImageSource,
  width: number,
  height: number,
): Promise<Blob | null> {
  if (width === 0 || height === 0) return null
  const canvas = document.createElement('canvas')
  canvas.width = Math.min(PICTURE_WIDTH, width)
  canvas.height = Math.round((canvas.width * height) / width)
  canvas.getContext('2d')?.drawImage(frame, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.82))
}
