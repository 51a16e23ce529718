/** "500MB" read the strict way. Source: docs/vendors/removebgvideo.md §19.31. */
export const MAX_VIDEO_BYTES = 500_000_000
