import { parseJson, readJsonFile, unreadable } from '../../worker/replay/read-history.ts'
import type { Bundle } from './bundle.schema.ts'
import { BUNDLE_FORMAT, BUNDLE_VERSION, bundleSchema } from './bundle.schema.ts'

/** What to do about a bundle that cannot be read or played. */
export const BUNDLE_HINT = 'Write one with: npx matteflow export <id>'
/** Histories are at most 50 MB, and bodies of exchanges 16 KiB each. */
const MOST_BYTES = 256 * 1024 * 1024

/** A bundle from the file that `export` wrote. `InvalidRequest` that names the file and the reason where it is none. */
export async function readBundle(path: string): Promise<Bundle> {
  try {
    const json = parseJson(await readJsonFile(path, MOST_BYTES))
    checkFormat(json)
    const parsed = bundleSchema.safeParse(json)
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    throw new TypeError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'another shape'}`)
  } catch (error) {
    throw unreadable(path, 'the bundle of a removal', error, BUNDLE_HINT)
  }
}

function checkFormat(json: unknown): void {
  const { format, version } = (json ?? {}) as { format?: unknown; version?: unknown }
  if (format !== BUNDLE_FORMAT) throw new TypeError('it is JSON of another kind')
  if (version !== BUNDLE_VERSION)
    throw new TypeError(
      `it is a bundle of version ${String(JSON.stringify(version)).slice(0, 20)}, and this build reads version ${BUNDLE_VERSION}`,
    )
}
