/**
 * Makes any frame its alpha plane, at full size and without a conversion where the frame has one; a frame without
 * alpha becomes an opaque one.
 */
export const ALPHA_FILTER = 'format=yuva444p|yuva422p|yuva420p|rgba|bgra|argb|abgr,alphaextract'
