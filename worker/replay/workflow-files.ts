import { readFile } from 'node:fs/promises'

/** The text of each file of the workflow code, by its path from the root of the sources. */
export type WorkflowFiles = ReadonlyMap<string, string>

const INLINE_MAP = /\/\/# sourceMappingURL=data:application\/json;[^,\n]*base64,(\S+)\s*$/

/** The files that a workflow bundle was made of, from the source map within it; none where it has none. */
export async function workflowFiles(bundlePath: string): Promise<WorkflowFiles> {
  const encoded = INLINE_MAP.exec(await readFile(bundlePath, 'utf8'))?.[1]
  if (encoded === undefined) return new Map()
  const { sources = [], sourcesContent = [] } = JSON.parse(
    Buffer.from(encoded, 'base64').toString('utf8'),
  ) as {
    sources?: string[]
    sourcesContent?: string[]
  }
  return new Map(
    sources.flatMap((source, index): [string, string][] => {
      const [path] = /workflows\/[\w-]+\.[jt]s$/.exec(source) ?? []
      return path === undefined ? [] : [[path, sourcesContent[index] ?? '']]
    }),
  )
}
