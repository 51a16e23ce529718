import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { History } from '@temporalio/common/lib/proto-utils.js'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { MATTEFLOW_WORKFLOWS } from '../../workflows/messages.ts'
import { historyFromJson } from './history-json.ts'

/** Temporal ends a workflow at 50 MB of history; in JSON, with payloads as base64, that is less than this. */
const MOST_BYTES = 128 * 1024 * 1024
const HINT =
  'Download it again, with payloads as they are stored: `temporal workflow show --workflow-id removal/<id> --output json > history.json`.'

/**
 * A history from a file as Temporal's UI and command line write them, gzipped or not. `InvalidRequest` that names the
 * file and the reason where it is none, is cut off, or belongs to a workflow that is not matteflow's.
 */
export async function readHistory(path: string): Promise<History> {
  try {
    const text = await readJsonFile(path)
    const json: unknown = parseJson(text)
    // The UI of older servers wrote the events alone.
    const history = historyFromJson(Array.isArray(json) ? { events: json } : json)
    checkHistory(history)
    return history
  } catch (error) {
    throw unreadable(path, 'a workflow history as JSON', error, HINT)
  }
}

/** Throws what is wrong with a history that cannot be replayed by any build of matteflow. */
export function checkHistory({ events }: History): void {
  const [first] = events ?? []
  if (!events || !first) throw new TypeError('it has no events')
  const started = first.workflowExecutionStartedEventAttributes
  if (!started) throw new TypeError(`it begins with event ${String(first.eventId)}: its beginning is cut off`)
  const type = started.workflowType?.name ?? ''
  if (!MATTEFLOW_WORKFLOWS.includes(type))
    throw new TypeError(
      `it is the history of a workflow ${type.slice(0, 80)}, and matteflow has ${MATTEFLOW_WORKFLOWS.join(', ')}`,
    )
  events.forEach(({ eventId }, index) => {
    if (Number(eventId) !== index + 1)
      throw new TypeError(`event ${index + 1} is missing: ${String(eventId)} stands in its place`)
  })
}

/** The text of a file of bounded size, gzipped or not; throws the reason where there is none. */
export async function readJsonFile(path: string, mostBytes = MOST_BYTES): Promise<string> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new TypeError(
      error.code === 'ENOENT' ? 'there is no such file' : `it cannot be opened: ${error.code}`,
    )
  })
  try {
    const stats = await file.stat()
    // Reading a pipe or a device might never end.
    if (!stats.isFile()) throw new TypeError('it is no file')
    if (stats.size === 0) throw new TypeError('it is empty')
    if (stats.size > mostBytes) throw tooLarge(mostBytes)
    const bytes = await file.readFile()
    return (isGzipped(bytes) ? await unpack(bytes, mostBytes) : bytes).toString('utf8')
  } finally {
    await file.close()
  }
}

/** What a text says as JSON; the reason tells a file that was cut off from one that never was any. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const looksCut = /^\s*[[{]/.test(text) && !/[\]}]\s*$/.test(text)
    if (looksCut) throw new TypeError('its end is cut off', { cause: error })
    throw error
  }
}

/** The one sentence about a file that is not what it should be. */
export function unreadable(path: string, expected: string, cause: unknown, hint: string): RemovalFailure {
  // A hostile file may nest until the stack is full, or hide pages of itself in the reason.
  const isStackFull = cause instanceof RangeError && /stack/.test(cause.message)
  const reason = isStackFull ? 'it nests too deeply' : String(cause).replace(/^\w*(?:Error|Failure): /, '')
  return new RemovalFailure('InvalidRequest', `${path}: expected ${expected} (${reason.slice(0, 300)})`, {
    hint,
    cause,
  })
}

async function unpack(bytes: Buffer, mostBytes: number): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: mostBytes })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(mostBytes)
    throw new TypeError(code === 'Z_BUF_ERROR' ? 'its end is cut off' : 'its gzip is damaged', {
      cause: error,
    })
  }
}

function isGzipped(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

function tooLarge(mostBytes: number): TypeError {
  return new TypeError(`it holds more than ${mostBytes / 1024 / 1024} MiB, which none does`)
}
