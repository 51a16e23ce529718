import { containerFrom } from '../../../domain/container.ts'
import type { OutputFormat } from '../../../domain/request-values.ts'

/** What a file is, by its first bytes, in the words of the output formats; undefined when it is none of them. */
export function outputContainerFrom(head: Uint8Array): OutputFormat | undefined {
  const text = Buffer.from(head.subarray(0, 12)).toString('latin1')
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'gif'
  if (text.startsWith('RIFF') && text.slice(8) === 'WEBP') return 'webp'
  if (text.startsWith('PK\u0003\u0004')) return 'png_sequence'
  const container = containerFrom(head)
  return container === 'avi' ? undefined : container
}
