/** Frames are judged at this size, each pixel one of the original's: averaging would invent half-transparent ones. */
const SIDE = 160

/** The bytes of one plane that `ALPHA_FILTER` gives. */
export const ALPHA_PLANE_BYTES = SIDE * SIDE

/** Makes any frame a small alpha plane; a frame without alpha becomes an opaque one. */
export const ALPHA_FILTER = `scale=${SIDE}:${SIDE}:flags=neighbor,format=yuva444p,alphaextract`
