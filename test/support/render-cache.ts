import { join } from 'node:path'

/** Where sandboxes of tests keep what they rendered once: the same clip under the same request is not rendered again. */
export const RENDER_CACHE = join(import.meta.dirname, '../../node_modules/.cache/matteflow/renders')
