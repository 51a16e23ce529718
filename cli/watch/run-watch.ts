import { saveOutput } from '../../client/output/save-output.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import type { FollowOptions } from '../removal/follow-removal.ts'
import { followRemoval } from '../removal/follow-removal.ts'
import type { OutputTarget } from '../removal/output-target.ts'
import { namedTarget } from '../removal/output-target.ts'
import { showProgress } from '../removal/show-progress.ts'
import type { RemovalsPlace } from '../removal/with-removals.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { readId } from '../terminal/read-arguments.ts'
import { interrupts } from '../terminal/stop-signals.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface WatchFlags {
  out?: string
  refused?: boolean
  wait?: boolean
  json?: boolean
}

export async function runWatch(
  terminal: Terminal,
  id: string,
  { out, refused = false, wait = false, json = false }: WatchFlags,
): Promise<number> {
  readId(id)
  if (refused && out === undefined)
    throw new RemovalFailure('InvalidRequest', '--refused: expected --out as well, the file to save it in', {
      hint: 'Add --out with the name of a file.',
    })
  const target = out === undefined ? null : await namedTarget(out)
  return withRemovals(terminal, {}, async (place) => {
    const interrupt = interrupts()
    const progress = showProgress(terminal)
    const options = { progress, signal: interrupt.signal, json, waitWhileParked: wait, target }
    try {
      if (refused && target !== null) return await saveRefused(terminal, place, id, { ...options, target })
      return await followRemoval(terminal, place, id, options)
    } finally {
      progress.stop()
      interrupt.release()
    }
  })
}

/**
 * What a command line asks of a removal in vain. One of which anything was bought ends with no kind that says nothing
 * was: it is as it stood, and only the copy is missing.
 */
function ofDocument(failure: RemovalFailure, document: RemovalDocument): RemovalFailure {
  const wasBought = (document.vendorJobs ?? []).length > 0
  if (!wasBought) return failure.about({ removalId: document.id })
  const { hint } = failure.toDocument()
  return new RemovalFailure('PlatformUnavailable', failure.message, {
    ...{ hint, document, cause: failure, retryable: false },
    userMessage: 'The output could not be saved.',
  })
}

/** Saves the file that was refused as an output, which the storage keeps. The removal has failed, the saving has not. */
async function saveRefused(
  terminal: Terminal,
  { removals, access }: RemovalsPlace,
  id: string,
  { signal, progress, waitWhileParked, target, json }: FollowOptions & { target: OutputTarget },
): Promise<number> {
  const document = await removals
    .result(id, { signal, waitWhileParked, onUpdate: progress.update })
    .catch((error: unknown) => {
      if (isRemovalFailure(error) && error.document !== null) return error.document
      throw error
    })
  progress.stop()
  const file = document.refusedOutput
  if (file === null) {
    const hint =
      'Only an output that was refused is kept as one: `failure` and `output` say what became of this removal.'
    const message = `removal ${id} has no refused output, it is ${document.state}`
    throw ofDocument(new RemovalFailure('InvalidRequest', message, { hint }), document)
  }
  if (document.failure !== null) terminal.say(`${document.failure.kind}: ${document.failure.message}`)
  const saved = await saveOutput(access.storage, document, target, file)
  if (json) terminal.json(document)
  else terminal.verbatim(saved)
  return 0
}
