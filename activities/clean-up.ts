import { Context, log } from '@temporalio/activity'

/** A storage that hangs holds up an end for no longer than this. */
const CLEAN_UP_MS = 10_000

/**
 * Tries to remove what is not needed any more. What cannot be removed is reported and left for the sweep of old files:
 * it fails nothing, and holds nothing up.
 */
export async function cleanUp(what: string, remove: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${CLEAN_UP_MS / 1_000} s`)), CLEAN_UP_MS)
  })
  const removing = remove()
  // One that fails after its time has been reported already.
  removing.catch(() => {})
  try {
    await Promise.race([removing, late])
  } catch (error) {
    const { workflowExecution } = Context.current().info
    log.warn(`${what} could not be removed, and is left for the sweep`, {
      ...workflowExecution,
      reason: String(error).slice(0, 300),
    })
  } finally {
    clearTimeout(timer)
  }
}
