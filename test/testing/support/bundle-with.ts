import { safeFileName } from '../../../client/start/stage-input.ts'
import type { Bundle } from '../../../testing/tapes/bundle.schema.ts'

/** Words of a person. */
interface Words {
  user?: string
  reference?: string
  textPrompt?: string
  file?: string
}

/** A recorded bundle as it is before it is redacted, of a person with these words. */
export function bundleWith(bundle: Bundle, { user, reference, textPrompt, file }: Words): Bundle {
  const labels = { ...(user && { user }), ...(reference && { reference }), ...(textPrompt && { textPrompt }) }
  return changed(bundle, (value) => {
    if (
      'project' in value &&
      ('user' in value || 'deadline' in value || 'fallback' in value || 'requested' in value)
    )
      Object.assign(value, labels)
    if (file === undefined) return
    for (const field of ['fileName', 'sourceName']) if (field in value) value[field] = file
    for (const field of ['stored', 'key', 'inputKey'])
      if (typeof value[field] === 'string') value[field] = value[field].replace(/[^/]+$/, safeFileName(file))
    if (typeof value['source'] === 'string' && value['source'].endsWith('.mp4')) value['source'] = file
  })
}

/** Everything that a bundle says, its payloads in clear. */
export function plainText(bundle: Bundle): string {
  const texts: string[] = []
  changed(bundle, (value) => void texts.push(JSON.stringify(value)))
  return texts.join('\n').normalize('NFC')
}

/** A copy in which each object was changed, those within payloads as well. */
function changed(bundle: Bundle, change: (value: Record<string, unknown>) => void): Bundle {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]))
    if ('metadata' in copy && typeof copy['data'] === 'string') {
      const inner = walk(JSON.parse(Buffer.from(copy['data'], 'base64').toString()))
      return { ...copy, data: Buffer.from(JSON.stringify(inner)).toString('base64') }
    }
    change(copy)
    return copy
  }
  return walk(bundle) as Bundle
}
