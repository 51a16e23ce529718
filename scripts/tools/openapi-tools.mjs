import { join } from 'node:path'
import { createPythonTools } from './python-tools.mjs'

const { find, ensure } = createPythonTools({
  name: 'openapi-tools',
  title: 'schemathesis and a generator of clients, which try the OpenAPI document',
})

/** @param {string} folder */
const toolsIn = (folder) => ({
  python: join(folder, 'python'),
  schemathesis: join(folder, 'schemathesis'),
  generateClient: join(folder, 'openapi-python-client'),
})

export async function findOpenApiTools() {
  const folder = await find()
  return folder && toolsIn(folder)
}

/**
 * Schemathesis and a generator of Python clients.
 * @param {{ log?: (line: string) => void }} [options]
 */
export async function ensureOpenApiTools(options) {
  return toolsIn(await ensure(options))
}
