import { Store } from '../store.ts'
import type { KeptInput } from '../uploads/kept.ts'
import { kept } from '../uploads/kept.ts'
import { fileOf } from '../uploads/upload-queue.ts'

/** What this browser has of the originals: a picture of each, and the file while it is open or can be opened again. */
export class InputsAtHand extends Store {
  readonly #inputs = new Map<string, KeptInput>()
  readonly #files = new Map<string, File>()
  readonly #pictureUrls = new Map<Blob, string>()

  async restore(): Promise<void> {
    for (const input of await kept.inputs()) this.#inputs.set(input.removalId, input)
    this.changed()
  }

  add(input: KeptInput, file: File): void {
    this.#inputs.set(input.removalId, input)
    this.#files.set(input.removalId, file)
    this.changed()
  }

  /** What is deleted at the gateway goes here as well. */
  async forget(removalId: string): Promise<void> {
    this.#inputs.delete(removalId)
    this.#files.delete(removalId)
    await kept.removeInput(removalId)
    this.changed()
  }

  /** The original, as it is now open. */
  fileOf(removalId: string): File | null {
    return this.#files.get(removalId) ?? null
  }

  canReopen(removalId: string): boolean {
    return (this.#inputs.get(removalId)?.handle ?? null) !== null
  }

  /** Takes the file that a person chose as the original, or opens the one that is known. */
  async open(removalId: string, chosen: File | null): Promise<void> {
    const file = chosen ?? (await fileOf(this.#inputs.get(removalId)?.handle ?? null))
    if (file === null) return
    this.#files.set(removalId, file)
    this.changed()
  }

  pictureOf(removalId: string): string | null {
    return this.urlOf(this.#inputs.get(removalId)?.picture ?? null)
  }

  /** The address of a picture within this page, one for each picture. */
  urlOf(picture: Blob | null): string | null {
    if (picture === null) return null
    const url = this.#pictureUrls.get(picture) ?? URL.createObjectURL(picture)
    this.#pictureUrls.set(picture, url)
    return url
  }
}
