import type { OutputFormat } from '../../state/vendor-job.ts'

/** The file extension and content type that an output format arrives with. */
export function outputKind(format: OutputFormat): { extension: string; contentType: string } {
  switch (format) {
    case 'webm':
      return { extension: 'webm', contentType: 'video/webm' }
    case 'mov':
      return { extension: 'mov', contentType: 'video/quicktime' }
    case 'mp4':
      return { extension: 'mp4', contentType: 'video/mp4' }
    case 'gif':
      return { extension: 'gif', contentType: 'image/gif' }
    case 'webp':
      return { extension: 'webp', contentType: 'image/webp' }
    case 'png_sequence':
      return { extension: 'zip', contentType: 'application/zip' }
  }
}
