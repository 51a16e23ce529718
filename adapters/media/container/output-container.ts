import { containerFrom } from '../../../domain/container.ts'

/**
 * What a file is. Those of one family are read and played alike, whatever they call themselves; `name` is what a
 * person would call it.
 */
export interface OutputContainer {
  family: 'iso' | 'ebml' | 'gif' | 'webp' | 'zip' | 'other'
  name: string
}

const OTHER_PICTURES: readonly [name: string, signature: string][] = [
  ['png', '\u0089PNG'],
  ['jpeg', '\u00ff\u00d8\u00ff'],
  ['ogg', 'OggS'],
  ['flv', 'FLV'],
  ['rar', 'Rar!'],
  ['gzip', '\u001f\u008b'],
]

/** What a file is by its first bytes; undefined when it is none that holds pictures: a page of HTML, or nothing. */
export function outputContainerFrom(head: Uint8Array): OutputContainer | undefined {
  const text = Buffer.from(head).toString('latin1')
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return { family: 'gif', name: 'gif' }
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return { family: 'webp', name: 'webp' }
  // The second is what a zip without a file begins with.
  if (text.startsWith('PK\u0003\u0004') || text.startsWith('PK\u0005\u0006'))
    return { family: 'zip', name: 'png_sequence' }
  if (text.startsWith('\u001aE\u00df\u00a3')) return { family: 'ebml', name: 'matroska' }
  const container = containerFrom(head)
  if (container === 'avi') return { family: 'other', name: 'avi' }
  if (container !== undefined) return { family: 'iso', name: container }
  const other = OTHER_PICTURES.find(([, signature]) => text.startsWith(signature))
  return other && { family: 'other', name: other[0] }
}
