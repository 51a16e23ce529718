import picocolors from 'picocolors'

/** Colours for a terminal that can show them; elsewhere the same functions change nothing. */
export function colours({ isColoured }: { isColoured: boolean }): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(isColoured)
}
