import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { LAYERS } from '../../../scripts/settings/dependency-cruiser.mjs'
import { ROOT } from './temp-tree.ts'

/** The browser's bundle, which nothing imports. */
const PAGE = 'gateway/page/browser/'
const IMPORT = /^(?:import|export)\s+(?!type\b)[^'"]*?\bfrom\s+'(\.[^']+)'/gm

/** Which layer imports which, as values: from their own import statements. */
export function importsBetweenLayers(): Map<string, Set<string>> {
  const imports = new Map(LAYERS.map((layer) => [layer, new Set<string>()]))
  for (const layer of LAYERS) {
    const files = readdirSync(join(ROOT, layer), { recursive: true, encoding: 'utf8' })
    for (const file of files.filter((name) => name.endsWith('.ts'))) {
      const path = join(layer, file)
      if (path.startsWith(PAGE)) continue
      for (const [, target = ''] of readFileSync(join(ROOT, path), 'utf8').matchAll(IMPORT)) {
        const to = layerOf(normalize(join(dirname(path), target)))
        if (to !== undefined && to !== layer) imports.get(layer)?.add(to)
      }
    }
  }
  return imports
}

/** The picture of `docs/architecture.md`, as Mermaid. What follows from other arrows is left out. */
export function importPicture(): string {
  const imports = importsBetweenLayers()
  const lines = [...imports].flatMap(([from, targets]) =>
    [...targets]
      .filter((to) => !isReached(from, to, imports))
      .map((to) => `  ${nameOf(from)} --> ${nameOf(to)}`),
  )
  const nodes = LAYERS.map((layer) => `  ${nameOf(layer)}["${layer}/"]`)
  return ['```mermaid', 'flowchart TD', ...nodes, ...lines.toSorted(), '```'].join('\n')
}

function layerOf(path: string): string | undefined {
  return LAYERS.find((layer) => path.startsWith(`${layer}/`))
}

/** Whether another way than the direct one leads there. */
function isReached(from: string, to: string, imports: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const seen = new Set<string>()
  const reaches = (layer: string): boolean => {
    if (layer === to) return true
    if (seen.has(layer)) return false
    seen.add(layer)
    return [...(imports.get(layer) ?? [])].some(reaches)
  }
  return [...(imports.get(from) ?? [])].some((next) => next !== to && reaches(next))
}

function nameOf(layer: string): string {
  return layer.replaceAll('/', '_')
}
