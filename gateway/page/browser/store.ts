import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** What the page knows and what changes: whoever shows it is told of each change. */
export abstract class Store {
  readonly #listeners = new Set<() => void>()

  /** Hears of every change. Returns how to stop listening. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  protected changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** Draws a component anew after each change of some stores. */
export class Follows implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #stores: readonly Store[]
  #stops: (() => void)[] = []

  constructor(host: ReactiveControllerHost, ...stores: Store[]) {
    this.#host = host
    this.#stores = stores
    host.addController(this)
  }

  hostConnected(): void {
    this.#stops = this.#stores.map((store) => store.subscribe(() => this.#host.requestUpdate()))
  }

  hostDisconnected(): void {
    for (const stop of this.#stops) stop()
  }
}
