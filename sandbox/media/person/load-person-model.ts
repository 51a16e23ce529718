import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { runInThisContext } from 'node:vm'
import type { PersonPart } from './find-person-part.ts'
import { PERSON_PACKAGES } from './find-person-part.ts'

/** Finds people in pictures of its own size. */
export interface PersonModel {
  readonly width: number
  readonly height: number
  /** How likely each pixel shows a person, 0 to 1, from red, green, blue of each pixel, 0 to 1. */
  find(picture: Float32Array): Promise<Float32Array>
}

/** As much of the runtime as is used here. Its package is optional, so that nothing may need it to be compiled. */
interface Runtime {
  loadLiteRt(folder: string): Promise<unknown>
  loadAndCompile(model: Uint8Array, options: { accelerator: 'wasm' }): Promise<CompiledModel>
  Tensor: new (data: Float32Array, shape: number[]) => Tensor
}

interface CompiledModel {
  getInputDetails(): readonly { shape: Int32Array }[]
  run(input: Tensor): Promise<Tensor[]>
}

interface Tensor {
  toTypedArray(): Float32Array
  delete(): void
}

/** Loads the model for this shape of picture, in about half a second. Leaves globals behind: only for a process of its own. */
export async function loadPersonModel(
  part: PersonPart,
  shape: 'landscape' | 'portrait',
): Promise<PersonModel> {
  standInForWebWorker()
  const [runtime] = PERSON_PACKAGES
  const { loadLiteRt, loadAndCompile, Tensor } = (await import(runtime)) as Runtime
  await loadLiteRt(`${part.runtimeFolder}/`)
  const file = shape === 'landscape' ? part.landscapeModel : part.portraitModel
  const model = await loadAndCompile(new Uint8Array(await readFile(file)), { accelerator: 'wasm' })
  const [, height = 0, width = 0] = model.getInputDetails()[0]?.shape ?? []
  return {
    width,
    height,
    async find(picture) {
      const input = new Tensor(picture, [1, height, width, 3])
      const [output] = await model.run(input)
      if (output === undefined) throw new TypeError(`${file} gave no mask`)
      const mask = Float32Array.from(output.toTypedArray())
      input.delete()
      output.delete()
      return mask
    },
  }
}

/** The runtime expects a browser; the two globals of a web worker are all that it needs to load its script. */
function standInForWebWorker(): void {
  const importScripts = (file: string) => {
    // By these the script sees that it runs under Node, and finds its WebAssembly beside itself.
    const commonJs = { require: createRequire(file), __filename: file, __dirname: dirname(file) }
    Object.assign(globalThis, commonJs)
    runInThisContext(readFileSync(file, 'utf8'), { filename: file })
  }
  Object.assign(globalThis, { self: globalThis, importScripts })
}
