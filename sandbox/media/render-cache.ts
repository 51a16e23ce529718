import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hashFile } from './hash-file.ts'
import type { RenderOrder } from './render.ts'
import { render } from './render.ts'
import type { Tools } from './run-tool.ts'

export type Rendered = { path: string; sizeBytes: number; etag: string }

export type RenderCache = {
  /** What the order comes to, rendered now or earlier. `inputSha256` stands for the input's bytes. */
  get(order: RenderOrder, inputSha256: string): Promise<{ key: string; rendered: Rendered }>
  /** An earlier result; undefined when there is none. */
  find(key: string): Promise<Rendered | undefined>
}

/** One folder per (input bytes, settings); each appears whole or not at all, whoever else shares the folder. */
export function createRenderCache(folder: string, tools: Tools): RenderCache {
  const running = new Map<string, Promise<void>>()

  async function make(order: RenderOrder, key: string): Promise<void> {
    await mkdir(folder, { recursive: true })
    const draft = await mkdtemp(join(folder, 'draft-'))
    try {
      const file = await render(order, draft, tools)
      const etag = (await hashFile(join(draft, file))).slice(0, 32)
      await writeFile(join(draft, 'rendered.json'), JSON.stringify({ file, etag }))
      await rename(draft, join(folder, key))
    } catch (error) {
      await rm(draft, { recursive: true, force: true })
      if (!existsSync(join(folder, key))) throw error
    }
  }

  async function find(key: string): Promise<Rendered | undefined> {
    const note = join(folder, key, 'rendered.json')
    if (!existsSync(note)) return undefined
    const { file, etag } = JSON.parse(await readFile(note, 'utf8')) as { file: string; etag: string }
    const path = join(folder, key, file)
    return { path, etag, sizeBytes: (await stat(path)).size }
  }

  return {
    find,
    async get(order, inputSha256) {
      const { textPrompt: _unused, model: _same, ...pictured } = order.settings
      const essence = JSON.stringify([inputSha256, pictured, order.matte])
      const key = createHash('sha256').update(essence).digest('hex').slice(0, 40)
      const found = await find(key)
      if (found !== undefined) return { key, rendered: found }
      const made = running.get(key) ?? make(order, key).finally(() => running.delete(key))
      running.set(key, made)
      await made
      const rendered = await find(key)
      if (rendered === undefined) throw new Error(`the rendering ${key} vanished`)
      return { key, rendered }
    },
  }
}
