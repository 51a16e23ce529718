/** A request that was not made, or not followed, because `HostRules` refuse its host. */
export class HostRefused extends Error {
  override readonly name = 'HostRefused'

  constructor(hostname: string, refusal: string) {
    super(`${hostname} ${refusal}`)
  }
}
