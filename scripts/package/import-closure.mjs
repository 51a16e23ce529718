import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'

const IMPORTS = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g

/**
 * Every built file that an entry imports, types beside code, and the packages that they name.
 * @param {string} entry
 */
export function importClosure(entry) {
  /** @type {Set<string>} */
  const files = new Set()
  /** @type {Set<string>} */
  const packages = new Set()
  const waiting = [entry, entry.replace(/\.js$/, '.d.ts')]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files.has(path)) continue
    files.add(path)
    for (const [, , named = ''] of readFileSync(path, 'utf8').matchAll(IMPORTS)) {
      if (!named.startsWith('.')) {
        if (!named.startsWith('node:') && !builtinModules.includes(named)) packages.add(packageOf(named))
        continue
      }
      const target = join(dirname(path), named)
      const types = target.replace(/\.(js|ts)$/, '.d.ts')
      // Types import types alone, so that what only they name brings no code along.
      if (!path.endsWith('.d.ts')) waiting.push(target)
      if (existsSync(types)) waiting.push(types)
    }
  }
  return { files, packages }
}

/** @param {string} named */
function packageOf(named) {
  return named
    .split('/')
    .slice(0, named.startsWith('@') ? 2 : 1)
    .join('/')
}
