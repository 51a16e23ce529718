import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** The tokens of all projects, kept as hashes alone. A project may have two, so that one can be exchanged. */
export interface Tokens {
  /** Without any token the gateway answers its own machine alone. */
  readonly isOpen: boolean
  /** The project of a token, compared in constant time with every one; undefined for a stranger's. */
  projectOf(token: string): string | undefined
  /** What a token goes by where people read of it: the start of its SHA-256, which tells the two of a project apart. */
  nameOf(token: string): string
  /** Keys for one purpose, derived from a project's tokens: whoever loses the token loses what they signed. */
  keysOf(project: string, purpose: string): Buffer[]
}

const NAME_LENGTH = 8

/** The tokens that `GATEWAY_TOKENS` names. The clear text is not kept. */
export function createTokens(pairs: readonly { project: string; token: string }[]): Tokens {
  const known = pairs.map(({ project, token }) => ({ project, hash: hashOf(token) }))
  return {
    isOpen: known.length === 0,
    projectOf(token) {
      const given = hashOf(token)
      // Every hash is compared, so that the time says nothing about which one fits.
      const fitting = known.filter(({ hash }) => timingSafeEqual(hash, given))
      return fitting[0]?.project
    },
    nameOf: (token) => hashOf(token).toString('hex').slice(0, NAME_LENGTH),
    keysOf: (project, purpose) =>
      known
        .filter((entry) => entry.project === project)
        .map(({ hash }) => createHmac('sha256', hash).update(purpose).digest()),
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
