import type { RemovalDocument } from '../../domain/removal-document.ts'
import { tellWithoutWorker } from '../remove/tell-without-worker.ts'
import { INTERRUPTED_EXIT_CODE } from '../terminal/exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { creditWords, nextStepLines, uiLink } from './render-document.ts'
import { saveOutput } from './save-output.ts'
import type { ProgressLine } from './show-progress.ts'
import type { RemovalsPlace } from './with-removals.ts'

export interface FollowOptions {
  progress: ProgressLine
  signal: AbortSignal
  json: boolean
  waitWhileParked: boolean
  /** Where the output is saved; null: nowhere. */
  target: string | null
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
  if (options.target !== null) await saveOutput(place.access.storage, document, options.target)
  for (const line of summaryLines(document, place.access.uiAddress)) terminal.say(line)
  if (options.json) terminal.result(JSON.stringify(document, null, 2))
  else terminal.result(options.target ?? document.output?.location ?? document.state)
  return 0
}

async function awaitEnd(
  terminal: Terminal,
  { removals, access }: RemovalsPlace,
  id: string,
  { signal, progress, waitWhileParked }: FollowOptions,
): Promise<RemovalDocument | null> {
  const ended = new AbortController()
  const looking = tellWithoutWorker(terminal, access, AbortSignal.any([signal, ended.signal]))
  let parkedFor: string | null = null
  try {
    return await removals.result(id, {
      signal,
      waitWhileParked,
      onUpdate(document) {
        progress.update(document)
        const reason = document.state === 'parked' ? (document.failure?.message ?? 'unknown') : null
        if (waitWhileParked && reason !== null && reason !== parkedFor) {
          terminal.say(`parked: ${reason}; waiting`)
          for (const line of [`  ${document.failure?.hint}`, ...nextStepLines(document)]) terminal.say(line)
        }
        parkedFor = reason
      },
    })
  } catch (error) {
    if (!signal.aborted) throw error
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

function summaryLines(document: RemovalDocument, uiAddress: string | null): string[] {
  const jobs = document.vendorJobs?.length ?? 0
  const link = uiLink(document, uiAddress)
  const served = document.served
  return [
    `succeeded: ${served?.model} ${served?.outputFormat}${document.output?.hasAlpha ? ', truly transparent' : ''}`,
    `bought ${jobs} vendor ${jobs === 1 ? 'job' : 'jobs'}, ${creditWords(document) ?? 'cost unknown'}`,
    ...(link === null ? [] : [`history ${link}`]),
  ]
}
