import type { End } from '../scenario.ts'
import { JOB_FAILED, REFUSED, SERVED, UNFIT } from '../scenario.ts'
import type { Effect, Trouble } from './effects.ts'

/** A trouble and which of the requests on its route it strikes, from 1. */
export type Struck = Trouble & { nth: number }

/**
 * How a removal must end under some troubles, told without a word of the product's code: calls that are free are
 * repeated until they are through; one start is carried out, however often it takes to know; a person adds
 * credits, mends the key, and answers an unknown outcome with the truth.
 */
export function expectedEnd(troubles: readonly Struck[]): End {
  const calls = { upload: 0, create: 0, start: 0, output: 0 }
  const next = (route: keyof typeof calls): Effect | 'fine' => {
    calls[route] += 1
    return troubles.find((one) => one.route === route && one.nth === calls[route])?.effect ?? 'fine'
  }
  /** Whether a free call got through in the end; only a no to the request itself stops it. */
  const through = (route: 'upload' | 'create'): 'through' | 'refused' | 'invalid' => {
    for (;;) {
      const effect = next(route)
      if (effect === 'fine') return 'through'
      if (effect === 'invalid' || effect === 'refused') return effect
    }
  }

  let isUploaded = false
  for (;;) {
    if (!isUploaded) {
      const upload = through('upload')
      if (upload === 'invalid') return REFUSED
      if (upload === 'refused') continue
      isUploaded = true
    }
    const create = through('create')
    if (create === 'invalid') return REFUSED
    if (create === 'refused') continue
    const start = startOnce(() => next('start'))
    if (start === 'invalid') return REFUSED
    // Whoever mended it also wants a new draft, since the old one may be another key's.
    if (start === 'refused') continue
    if (start === 'job-fails') return JOB_FAILED
    return fetched(() => next('output'))
  }
}

function startOnce(next: () => Effect | 'fine'): Effect {
  let isOpen = false
  let sends = 0
  for (;;) {
    const effect = next()
    sends += 1
    if (effect === 'fine' || effect === 'started' || effect === 'passing') return 'started'
    if (effect === 'job-fails') return effect
    if (effect === 'later' && !isOpen) sends -= 1
    else if (effect === 'not-started') isOpen = true
    // A no to a repeat says nothing about the first send: a person looks, and has it sent anew.
    else if (!isOpen) return effect
    if (sends === 2) {
      isOpen = false
      sends = 0
    }
  }
}

/** Two unfit files are proof, whatever came between them. */
function fetched(next: () => Effect | 'fine'): End {
  for (let unfit = 0; ; ) {
    const effect = next()
    if (effect === 'fine') return SERVED
    if (effect === 'unfit') unfit += 1
    if (unfit === 2) return UNFIT
  }
}
