const WORKFLOW_ID_PREFIX = 'removal/'

/** Temporal's workflow id of a removal: one removal, one workflow. Source: docs/reference.md. */
export function workflowIdOf(removalId: string): string {
  return WORKFLOW_ID_PREFIX + removalId
}

/**
 * The removal's id of a workflow. A workflow that another service started as a child under a name of its own
 * keeps that name, made safe for file names and ids.
 */
export function removalIdOf(workflowId: string): string {
  if (workflowId.startsWith(WORKFLOW_ID_PREFIX)) return workflowId.slice(WORKFLOW_ID_PREFIX.length)
  return workflowId.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 64)
}

/** What a removal is called in lists: its id, or, where no command could take that, the workflow id that Temporal has. */
export function shownIdOf(workflowId: string): string {
  const id = removalIdOf(workflowId)
  return /^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : workflowId
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** A new id that sorts by time: `rm_`, ten characters of milliseconds, ten of chance. Not for workflow code. */
export function newRemovalId(nowMs: number = Date.now()): string {
  let time = ''
  for (let rest = nowMs, digits = 0; digits < 10; digits += 1, rest = Math.floor(rest / 32))
    time = ALPHABET[rest % 32] + time
  const chance = Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) => ALPHABET[byte % 32]).join(
    '',
  )
  return `rm_${time}${chance}`
}
