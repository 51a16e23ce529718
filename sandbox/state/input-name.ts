import type { VendorState } from './vendor-state.ts'

/** The name that a video was uploaded under; null for a URL that is no upload of this sandbox. */
export function inputName({ uploads }: Pick<VendorState, 'uploads'>, videoUrl: string): string | null {
  return uploads.get(videoUrl.split('/').at(-1) ?? '')?.filename ?? null
}
