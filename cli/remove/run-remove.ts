import { basename } from 'node:path'
import type { Config } from '../../adapters/environment/config.ts'
import { checkInputUrl } from '../../adapters/transfer/check-input-url.ts'
import { createInputHostRules } from '../../adapters/transfer/host-rules.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import { findStack } from '../../local/stack/stack.ts'
import { checkFile } from '../removal/check-file.ts'
import { followRemoval } from '../removal/follow-removal.ts'
import type { OutputTarget } from '../removal/output-target.ts'
import { defaultTarget, namedTarget } from '../removal/output-target.ts'
import type { ProgressLine } from '../removal/show-progress.ts'
import { showProgress } from '../removal/show-progress.ts'
import type { RemovalsPlace } from '../removal/with-removals.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { INTERRUPTED_EXIT_CODE } from '../terminal/end-with-failure.ts'
import { readConfig } from '../terminal/read-config.ts'
import { interrupts } from '../terminal/stop-signals.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { RemoveFlags } from './request-from-flags.ts'
import { requestFromFlags } from './request-from-flags.ts'

/** One removal from the command line: everything is checked before anything is started. */
export async function runRemove(terminal: Terminal, source: string, flags: RemoveFlags): Promise<number> {
  const config = readConfig(terminal)
  const request = await requestFromFlags(source, flags)
  const target = await targetOf(request, flags)
  await checkSource(request, config)
  return withRemovals(terminal, { makesWork: true, config }, (place) =>
    startAndFollow(terminal, place, { request, flags, target }),
  )
}

interface Typed {
  request: RemovalRequest
  flags: RemoveFlags
  /** Null: nothing is saved (--detach). */
  target: OutputTarget | null
}

async function startAndFollow(terminal: Terminal, place: RemovalsPlace, typed: Typed): Promise<number> {
  const interrupt = interrupts()
  const progress = showProgress(terminal)
  try {
    const started = await startRemoval(terminal, place, { ...typed, signal: interrupt.signal, progress })
    if (started === null) {
      progress.stop()
      terminal.say('interrupted before the removal was accepted: nothing was started or bought')
      return INTERRUPTED_EXIT_CODE
    }
    if (typed.flags.detach) {
      const { id, document } = started
      if (typed.flags.json) terminal.json(document)
      else terminal.result(id)
      return 0
    }
    return await followRemoval(terminal, place, started.id, {
      progress,
      signal: interrupt.signal,
      json: typed.flags.json ?? false,
      waitWhileParked: typed.flags.wait ?? false,
      target: typed.target,
    })
  } finally {
    progress.stop()
    interrupt.release()
  }
}

async function startRemoval(
  terminal: Terminal,
  { removals }: RemovalsPlace,
  { request, flags, signal, progress }: Typed & { signal: AbortSignal; progress: ProgressLine },
) {
  try {
    return await removals.start(request, {
      isNew: flags.new ?? false,
      onId: (id) => terminal.say(`removal ${id}`),
      onJoined: (id) =>
        terminal.say(
          `joined ${id}: the same request is there already, nothing is bought twice (--new buys again)`,
        ),
      onProgress: progress.staged,
      signal,
    })
  } catch (error) {
    if (signal.aborted) return null
    throw error
  }
}

async function targetOf(
  { source, outputFormat }: RemovalRequest,
  flags: RemoveFlags,
): Promise<OutputTarget | null> {
  if (flags.detach && flags.out !== undefined) {
    throw new RemovalFailure(
      'InvalidRequest',
      '--out does not go with --detach: the output does not exist yet then',
      {
        hint: 'Leave one of them out: `remove --detach` prints the id, with which `watch --out` saves the output later.',
      },
    )
  }
  if (flags.detach) return null
  const inputPath = typeof source === 'string' ? source : undefined
  if (flags.out !== undefined) return namedTarget(flags.out, inputPath)
  return defaultTarget(inputPath ?? nameOf(source), outputFormat)
}

function nameOf(source: RemovalRequest['source']): string {
  return typeof source === 'object' && 'url' in source ? basename(new URL(source.url).pathname) : ''
}

/** Refuses an input that cannot be processed, before anything is started for it. */
async function checkSource({ source }: RemovalRequest, config: Config): Promise<void> {
  if (typeof source === 'string') await checkHere(source)
  else if ('url' in source) await checkUrl(source.url, config)
}

async function checkHere(path: string): Promise<void> {
  await checkFile(path).catch((error: unknown) => {
    // Where this machine has no ffmpeg, the worker's has: it looks again before anything is bought.
    if (!isRemovalFailure(error) || error.kind !== 'PlatformUnavailable') throw error
  })
}

async function checkUrl(url: string, config: Config): Promise<void> {
  // The vendor's own host may be private: a sandbox, for instance, that only the running stack knows.
  const baseUrl = (await findStack(config.home))?.vendor?.baseUrl ?? config.vendor.baseUrl
  await checkInputUrl(url, createInputHostRules(baseUrl, config))
}
