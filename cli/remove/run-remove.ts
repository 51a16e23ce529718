import { basename } from 'node:path'
import type { Config } from '../../config.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import { endWithFailure } from '../removal/end-with-failure.ts'
import { followRemoval } from '../removal/follow-removal.ts'
import { checkedTarget, defaultTarget } from '../removal/output-target.ts'
import type { ProgressLine } from '../removal/show-progress.ts'
import { showProgress } from '../removal/show-progress.ts'
import type { RemovalsPlace } from '../removal/with-removals.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { INTERRUPTED_EXIT_CODE } from '../terminal/exit-code.ts'
import { interrupts } from '../terminal/interrupts.ts'
import { readConfig } from '../terminal/read-config.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { checkSource } from './check-source.ts'
import { refusalDocument } from './refusal-document.ts'
import type { RemoveFlags } from './remove-flags.ts'
import { requestFromFlags } from './request-from-flags.ts'

/** One removal from the command line: everything is checked before anything is started. */
export function runRemove(terminal: Terminal, source: string, flags: RemoveFlags): Promise<number> {
  const { id, json } = flags
  const refusal = (failure: RemovalFailure) => refusalDocument(id, failure)
  const run = async (): Promise<number> => {
    const config = readConfig(terminal)
    const request = await requestFromFlags(source, flags)
    const target = await targetOf(request, flags)
    await checkSource(request, config)
    return withRemovals(terminal, { makesWork: true, config }, (place) =>
      startAndFollow(terminal, place, { config, request, flags, target }),
    )
  }
  return endWithFailure(terminal, { id, json }, run, refusal)
}

interface Order {
  config: Config
  request: RemovalRequest
  flags: RemoveFlags
  /** Null: nothing is saved (--detach). */
  target: string | null
}

async function startAndFollow(terminal: Terminal, place: RemovalsPlace, order: Order): Promise<number> {
  const interrupt = interrupts()
  const progress = showProgress(terminal)
  try {
    const started = await startRemoval(terminal, place, { ...order, signal: interrupt.signal, progress })
    if (started === null) {
      progress.stop()
      terminal.say('interrupted before the removal was accepted: nothing was started or bought')
      return INTERRUPTED_EXIT_CODE
    }
    if (order.flags.detach) {
      const { id, document } = started
      terminal.result(order.flags.json ? JSON.stringify(document, null, 2) : id)
      return 0
    }
    return await followRemoval(terminal, place, started.id, {
      progress,
      signal: interrupt.signal,
      json: order.flags.json ?? false,
      waitWhileParked: order.flags.wait ?? false,
      target: order.target,
    })
  } finally {
    progress.stop()
    interrupt.release()
  }
}

async function startRemoval(
  terminal: Terminal,
  { removals }: RemovalsPlace,
  { request, flags, signal, progress }: Order & { signal: AbortSignal; progress: ProgressLine },
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
): Promise<string | null> {
  if (flags.detach && flags.out !== undefined) {
    throw new RemovalFailure(
      'InvalidRequest',
      '--out does not go with --detach: the output does not exist yet then',
      {
        hint: 'Save it later with `matteflow watch <id> --out <file>`.',
      },
    )
  }
  if (flags.detach) return null
  const inputPath = typeof source === 'string' ? source : undefined
  if (flags.out !== undefined) return checkedTarget(flags.out, inputPath)
  return defaultTarget(inputPath ?? nameOf(source), outputFormat)
}

function nameOf(source: RemovalRequest['source']): string {
  return typeof source === 'object' && 'url' in source ? basename(new URL(source.url).pathname) : ''
}
