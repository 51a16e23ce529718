import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import type { RemovalRequestInput } from '../../domain/removal-request.schema.ts'
import { showProgress } from '../removal/show-progress.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { DemoScene } from './demo-scene.ts'

/** Often enough that no step of a short removal is missed. */
const LOOK_EVERY_MS = 100

export interface PlayOptions {
  signal: AbortSignal
  /** Hears every change; the next one waits until this one is through. */
  onUpdate?(document: RemovalDocument): Promise<void> | void
}

/** One removal, shown step by step. Rejects when it does not succeed. */
export async function playRemoval(
  terminal: Terminal,
  { removals }: DemoScene,
  request: RemovalRequestInput,
  { signal, onUpdate }: PlayOptions,
): Promise<RemovalDocument> {
  const progress = showProgress(terminal)
  try {
    const { id } = await removals.start(request, {
      signal,
      onId: (given) => terminal.say(`removal ${given}`),
    })
    for await (const document of removals.watch(id, { signal, intervalMs: LOOK_EVERY_MS })) {
      progress.update(document)
      await onUpdate?.(document)
      if (isFinal(document.state) || document.state === 'parked') break
    }
    return await removals.result(id, { signal })
  } finally {
    progress.stop()
  }
}

/** How many vendor jobs were bought while `play` ran; the sandbox alone counts. */
export async function countBought(
  { sandbox }: DemoScene,
  play: () => Promise<RemovalDocument>,
): Promise<{ document: RemovalDocument; bought: number }> {
  const before = (await sandbox?.report())?.jobsBought ?? 0
  const document = await play()
  const after = (await sandbox?.report())?.jobsBought
  return { document, bought: after === undefined ? (document.vendorJobs?.length ?? 0) : after - before }
}
