import { isFinal } from '../../../../domain/removal-document.ts'
import type { Removal } from '../gateway/gateway.ts'
import { addresses, gateway } from '../gateway/gateway.ts'
import { Store } from '../store.ts'

/** More than a stream takes; the oldest of so many running ones are shown as the list had them. */
const MOST_FOLLOWED = 100
/** Where a stream was refused, as while the gateway starts anew. */
const AGAIN_AFTER_MS = 3_000

/** The removals that the page shows: the project's list, kept up to date by one stream of events. */
export class RemovalBook extends Store {
  readonly #byId = new Map<string, Removal>()
  #cursor: string | null = null
  #isComplete = false
  #stream: EventSource | null = null
  #followed = ''

  /** Newest first. */
  get all(): Removal[] {
    return [...this.#byId.values()].sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''))
  }

  /** Whether the gateway has shown everything it has. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  find(id: string): Removal | undefined {
    return this.#byId.get(id)
  }

  /** Reads the next part of the list. */
  async readMore(): Promise<void> {
    const { removals, nextCursor } = await gateway.list(this.#cursor)
    this.#cursor = nextCursor
    this.#isComplete = nextCursor === null
    for (const removal of removals) this.#byId.set(removal.id, removal)
    this.#shown()
  }

  /** Takes a document that the gateway answered, and follows it from there. */
  put(removal: Removal): void {
    this.#byId.set(removal.id, removal)
    this.#shown()
  }

  /** Forgets everything, as after signing out. */
  clear(): void {
    this.#byId.clear()
    this.#cursor = null
    this.#isComplete = false
    this.#shown()
  }

  /** One removal's own document tells more than the list. */
  async read(id: string): Promise<void> {
    this.put(await gateway.removal(id))
  }

  #shown(): void {
    this.#follow()
    this.changed()
  }

  /** Browsers allow six connections to a gateway without TLS, so that there is one stream for all that run. */
  #follow(): void {
    const running = this.all.filter(({ state }) => !isFinal(state)).slice(0, MOST_FOLLOWED)
    const ids = running.map(({ id }) => id).sort()
    const wanted = ids.join(' ')
    if (wanted === this.#followed) return
    this.#stream?.close()
    this.#stream = null
    this.#followed = wanted
    if (ids.length === 0) return
    const stream = new EventSource(addresses.events(ids))
    this.#stream = stream
    stream.addEventListener('removal', (event: MessageEvent<string>) => {
      this.put(JSON.parse(event.data) as Removal)
    })
    stream.addEventListener('error', () => {
      // A browser comes back by itself, except after an answer that is no stream.
      if (stream.readyState !== EventSource.CLOSED || this.#stream !== stream) return
      this.#stream = null
      setTimeout(() => {
        if (this.#stream !== null) return
        this.#followed = ''
        this.#follow()
      }, AGAIN_AFTER_MS)
    })
  }
}
