import { setTimeout as sleep } from 'node:timers/promises'
import { saveOutput } from '../../client/output/save-output.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import type { RemovalFailure } from '../../domain/removal-failure.ts'
import { asRemovalFailure } from '../../domain/removal-failure.ts'
import type { TemporalAccess } from '../../local/temporal/with-temporal.ts'
import { workerPolls } from '../../local/temporal/worker-polls.ts'
import { INTERRUPTED_EXIT_CODE } from '../terminal/end-with-failure.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { OutputTarget } from './output-target.ts'
import { creditWords, nextStepLines, outageWords, uiLink, warningLines } from './render-document.ts'
import type { ProgressLine } from './show-progress.ts'
import type { RemovalsPlace } from './with-removals.ts'

export interface FollowOptions {
  progress: ProgressLine
  signal: AbortSignal
  json: boolean
  waitWhileParked: boolean
  /** Where the output is saved; null: nowhere. */
  target: OutputTarget | null
}

/** Stays with a removal until it ends or parks, saves its output, and says what came out. */
export async function followRemoval(
  terminal: Terminal,
  place: RemovalsPlace,
  id: string,
  options: FollowOptions,
): Promise<number> {
  const document = await awaitEnd(terminal, place, id, options)
  if (document === null) return INTERRUPTED_EXIT_CODE
  for (const line of summaryLines(document, place.access.uiAddress)) terminal.say(line)
  const gatewayUrl = place.access.stack?.gatewayUrl
  if (gatewayUrl) terminal.say(`page    ${gatewayUrl}`)
  if (document.deletedAt !== null) terminal.say(`its files were deleted at ${document.deletedAt}`)
  const saved =
    options.target === null ? null : await saveOutput(place.access.storage, document, options.target)
  if (options.json) terminal.json(document)
  else terminal.verbatim(saved ?? keptLocation(document) ?? document.state)
  return 0
}

function keptLocation({ output, deletedAt }: RemovalDocument): string | undefined {
  return deletedAt === null ? output?.location : undefined
}

async function awaitEnd(
  terminal: Terminal,
  { removals, access }: RemovalsPlace,
  id: string,
  { signal, progress, waitWhileParked }: FollowOptions,
): Promise<RemovalDocument | null> {
  const ended = new AbortController()
  const looking = tellWithoutWorker(terminal, access, AbortSignal.any([signal, ended.signal]))
  let seen: RemovalDocument | null = null
  let told: string | null = null
  const tell = (reason: string | null, lines: () => string[]): void => {
    if (reason !== null && reason !== told) for (const line of lines()) terminal.say(line)
    told = reason
  }
  try {
    return await removals.result(id, {
      signal,
      waitWhileParked,
      onJoined: (intoId) =>
        terminal.say(
          `joined ${intoId}: the same request came at the same moment, nothing is bought twice (--new buys again)`,
        ),
      onUpdate(document) {
        seen = document
        progress.update(document)
        const { state, failure, outage } = document
        if (state === 'parked' && waitWhileParked)
          tell(failure?.message ?? 'unknown', () => [
            `parked: ${failure?.message}; waiting`,
            `  ${failure?.hint}`,
            ...nextStepLines(document),
          ])
        else tell(outage?.kind ?? null, () => [`still trying: ${outageWords(document)}`])
      },
    })
  } catch (error) {
    if (!signal.aborted) throw ofRemoval(error, id, seen)
    progress.stop()
    terminal.say(`left ${id}, which goes on by itself`)
    terminal.say(`  watch it with \`matteflow watch ${id}\`, cancel it with \`matteflow cancel ${id}\``)
    return null
  } finally {
    progress.stop()
    ended.abort()
    await looking
  }
}

/** A failure of the following alone leaves the removal as it was last seen. The same request would buy again. */
function ofRemoval(error: unknown, id: string, seen: RemovalDocument | null): RemovalFailure {
  const failure = asRemovalFailure(error)
  if (failure.document !== null || failure.kind === 'NotFound') return failure
  const hint = `${failure.toDocument().hint} The removal goes on by itself: \`matteflow watch ${id}\` stays with it.`
  return failure.about({ removalId: id, document: seen }, { retryable: false, hint })
}

function summaryLines(document: RemovalDocument, uiAddress: string | null): string[] {
  const jobs = document.vendorJobs?.length ?? 0
  const link = uiLink(document, uiAddress)
  const served = document.served
  return [
    `succeeded: ${served?.model} ${served?.outputFormat}${document.output?.hasAlpha ? ', truly transparent' : ''}`,
    ...warningLines(document).map((warning) => `warning: ${warning}`),
    `bought ${jobs} vendor ${jobs === 1 ? 'job' : 'jobs'}, ${creditWords(document) ?? 'cost unknown'}`,
    ...(link === null ? [] : [`history ${link}`]),
  ]
}

/** A worker that is just starting is not worth a line. */
const PATIENCE_MS = 3_000

/** Says so once when nobody polls our task queues: a removal then waits, and nothing would tell why. */
async function tellWithoutWorker(
  terminal: Terminal,
  access: TemporalAccess,
  signal: AbortSignal,
): Promise<void> {
  const isServed = (): Promise<boolean> =>
    // What cannot be asked is no reason to alarm anybody.
    workerPolls(access.client.connection, access.namespace).catch(() => true)
  if (await isServed()) return
  await sleep(PATIENCE_MS, undefined, { signal }).catch(() => {})
  if (signal.aborted || (await isServed())) return
  const queues = Object.values(TASK_QUEUES).join(', ')
  terminal.say(
    `no worker polls the task queues ${queues} of ${access.namespace} at ${access.address}: waiting for one`,
  )
  terminal.say('  Start one with `matteflow worker`; the removal is accepted and goes on then.')
}
