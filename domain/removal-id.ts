const WORKFLOW_ID_PREFIX = 'removal/'

/** Temporal's workflow id of a removal: one removal, one workflow. Source: docs/reference.md. */
export function workflowIdOf(removalId: string): string {
  return WORKFLOW_ID_PREFIX + removalId
}

const LONGEST = 64
/** What every command and route takes for a removal's id. */
export const REMOVAL_ID = /^[A-Za-z0-9_-]{1,64}$/

/**
 * The removal's id of a workflow. A workflow that another service started as a child under a name of its own
 * keeps that name where it is fit for file names and ids. Else it is made so, and ends with a digest of the whole name:
 * `order/7` and `order_7` are two removals, and so are two long names that begin alike.
 */
export function removalIdOf(workflowId: string): string {
  const id = earlierRemovalIdOf(workflowId)
  if (workflowId.startsWith(WORKFLOW_ID_PREFIX) || id === workflowId) return id
  const digest = digestOf(workflowId)
  return `${id.slice(0, LONGEST - 1 - digest.length)}-${digest}`
}

/** The same as builds before 0.2.0 had it, without the digest: their removals go on under that id. */
export function earlierRemovalIdOf(workflowId: string): string {
  if (workflowId.startsWith(WORKFLOW_ID_PREFIX)) return workflowId.slice(WORKFLOW_ID_PREFIX.length)
  return workflowId.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, LONGEST)
}

/**
 * The id under which a workflow's removal is recorded, as its memo says from the admission on. A workflow that an earlier
 * build has admitted does not say it.
 */
export function recordedIdOf({ workflowId, memo }: DescribedWorkflow): string {
  const [id, earlier] = [removalIdOf(workflowId), earlierRemovalIdOf(workflowId)]
  const said = memo?.['removalId'] ?? (memo?.['fingerprint'] === undefined ? id : earlier)
  return said === earlier ? earlier : id
}

/** A workflow as Temporal describes and lists it. */
export interface DescribedWorkflow {
  workflowId: string
  memo?: Readonly<Record<string, unknown>>
}

/** FNV-1a with 64 bits, 13 letters and digits: workflow code has no cryptography, and nobody gains by a collision. */
function digestOf(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    for (const byte of [unit & 0xff, unit >> 8])
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  }
  return Array.from({ length: 13 }, (_, digit) => ALPHABET[Number((hash >> BigInt(5 * digit)) & 31n)]).join(
    '',
  )
}

/** What a removal is called in lists: its id, or, where no command could take that, the workflow id that Temporal has. */
export function shownIdOf(workflowId: string, id: string): string {
  return REMOVAL_ID.test(id) ? id : workflowId
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
