import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Choice } from './choose-renderer.ts'
import { hashFile, shortHash } from './input/hash-file.ts'
import { keyRenderer } from './key/key-renderer.ts'
import { createKnownChoices } from './known-choices.ts'
import type { PersonRenderer } from './person/person-renderer.ts'
import type { RenderRequest } from './render.ts'
import { render, secondsOf } from './render.ts'
import type { RendererName } from './renderer.ts'
import type { Tools } from './run-tool.ts'

export type Rendered = { path: string; sizeBytes: number; etag: string; by: RendererName }

/** A rendering under way, how far it is, and who wants to hear of that. */
interface Running {
  made: Promise<void>
  share: number
  listeners: RenderRequest['onShare'][]
}

export type RenderCache = {
  /** What the request comes to, rendered now or earlier. `inputSha256` stands for the input's bytes. */
  get(request: RenderRequest, inputSha256: string): Promise<{ key: string; rendered: Rendered }>
  /** An earlier result; undefined when there is none. */
  find(key: string): Promise<Rendered | undefined>
}

/**
 * One folder per (input bytes, settings, renderer); each appears whole or not at all, also where other sandboxes share the folder.
 * Without the optional part `person` is null, and all is keyed.
 */
export function createRenderCache(folder: string, person: PersonRenderer | null, tools: Tools): RenderCache {
  const running = new Map<string, Running>()
  const choose = createKnownChoices(folder, person, tools)

  async function make(request: RenderRequest, choice: Choice, key: string): Promise<void> {
    await mkdir(folder, { recursive: true })
    const draft = await mkdtemp(join(folder, 'draft-'))
    try {
      const renderer = choice.by === 'person' && person !== null ? person : keyRenderer
      const file = await render(request, choice, renderer, draft, tools)
      const etag = (await hashFile(join(draft, file))).slice(0, 32)
      await writeFile(join(draft, 'rendered.json'), JSON.stringify({ file, etag, by: renderer.name }))
      await rename(draft, join(folder, key))
    } catch (error) {
      await rm(draft, { recursive: true, force: true })
      if (!existsSync(join(folder, key))) throw error
    }
  }

  /** Joins the work on the same thing where that is under way. */
  async function makeOnce(request: RenderRequest, choice: Choice, key: string): Promise<void> {
    const joined = running.get(key)
    if (joined !== undefined) {
      joined.listeners.push(request.onShare)
      request.onShare(joined.share)
      return joined.made
    }
    const work: Running = { share: 0, listeners: [request.onShare], made: Promise.resolve() }
    const onShare = (share: number) => {
      work.share = share
      for (const listener of work.listeners) listener(share)
    }
    running.set(key, work)
    work.made = make({ ...request, onShare }, choice, key).finally(() => running.delete(key))
    return work.made
  }

  async function find(key: string): Promise<Rendered | undefined> {
    const note = join(folder, key, 'rendered.json')
    if (!existsSync(note)) return undefined
    const noted = JSON.parse(await readFile(note, 'utf8')) as {
      file: string
      etag: string
      by?: RendererName
    }
    const path = join(folder, key, noted.file)
    return { path, etag: noted.etag, sizeBytes: (await stat(path)).size, by: noted.by ?? 'key' }
  }

  async function choiceFor(request: RenderRequest, inputSha256: string): Promise<Choice> {
    if (request.matte !== null) return { by: 'key', matte: request.matte }
    const { input, facts, settings } = request
    return await choose({ input, facts, seconds: secondsOf(request), model: settings.model }, inputSha256)
  }

  return {
    find,
    async get(request, inputSha256) {
      const choice = await choiceFor(request, inputSha256)
      const { textPrompt: _unused, model: _same, ...pictured } = request.settings
      const version = choice.by === 'person' ? person?.version : null
      const key = shortHash(
        JSON.stringify([
          inputSha256,
          pictured,
          choice.matte,
          version,
          ...(request.bend ? [request.bend] : []),
        ]),
      )
      const found = await find(key)
      if (found !== undefined) return { key, rendered: found }
      await makeOnce(request, choice, key)
      const rendered = await find(key)
      if (rendered === undefined) throw new Error(`the rendering ${key} vanished`)
      return { key, rendered }
    },
  }
}
