/** What travels with an upload, in `Upload-Metadata`; the tus protocol knows texts only. */
export interface UploadMetadata {
  fileName: string
  sha256: string
  project: string
}

const LONGEST_NAME = 255

/** Reads the metadata of an upload; undefined for what we did not write. */
export function uploadMetadataFrom(
  metadata: Readonly<Record<string, string | null>> | undefined,
): UploadMetadata | undefined {
  const { filename, sha256, project } = metadata ?? {}
  if (typeof project !== 'string' || typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256))
    return undefined
  const fileName = typeof filename === 'string' ? filename.slice(0, LONGEST_NAME).toWellFormed() : ''
  return { fileName: fileName === '' ? 'input' : fileName, sha256, project }
}
