import { isUnintelligible, serviceFailure } from '../../client/errors.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { withTemporal } from '../../local/temporal/with-temporal.ts'
import { plainTable } from '../terminal/plain-table.ts'
import { readConfig } from '../terminal/read-config.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { KeyUse } from './count-payloads.ts'
import { countPayloads } from './count-payloads.ts'

export interface KeysFlags {
  query?: string
  json?: boolean
}

/** What a key is for in this process. */
type Role = 'encrypts' | 'decrypts' | 'missing here' | 'in clear'

interface ToldKey extends KeyUse {
  role: Role
}

const TELL_EVERY = 1_000

/** A line for each key that is set here or that Temporal has payloads of, and what may be done with it. */
export async function runKeys(terminal: Terminal, { query, json = false }: KeysFlags): Promise<number> {
  const config = readConfig(terminal)
  const access = await withTemporal({
    config,
    environment: terminal.environment,
    makesWork: false,
    log: terminal.say,
  })
  try {
    const uses = await countPayloads(access.client, {
      query,
      onCounted: (count) => {
        if (count % TELL_EVERY === 0) terminal.say(`${count} histories read`)
      },
    }).catch((error: unknown) => {
      throw refused(error, query)
    })
    const keys = toldKeys(
      uses,
      config.payloadKeys.map(({ id }) => id),
    )
    if (json) terminal.json(keys)
    else {
      terminal.result(tableOf(keys))
      for (const key of keys) terminal.say(adviceOn(key, query === undefined))
    }
    return 0
  } finally {
    await access.close()
  }
}

function toldKeys(uses: readonly KeyUse[], ids: readonly string[]): ToldKey[] {
  const unused = ids
    .filter((id) => !uses.some(({ keyId }) => keyId === id))
    .map((keyId) => ({ keyId, payloads: 0, histories: 0, open: 0, schedules: 0 }))
  const roleOf = (keyId: string | null): Role => {
    if (keyId === null) return 'in clear'
    if (keyId === ids[0]) return 'encrypts'
    return ids.includes(keyId) ? 'decrypts' : 'missing here'
  }
  const place = ({ keyId }: KeyUse): number => {
    const index = ids.indexOf(keyId ?? '')
    return index === -1 ? ids.length : index
  }
  return [...uses, ...unused]
    .map((use) => ({ role: roleOf(use.keyId), ...use }))
    .toSorted((left, right) => place(left) - place(right))
}

function tableOf(keys: readonly ToldKey[]): string {
  return plainTable(
    ['key', 'here', 'payloads', 'histories', 'open', 'schedules'],
    keys.map(({ keyId, role, payloads, histories, open, schedules }) => [
      keyId ?? '-',
      role,
      ...[payloads, histories, open, schedules].map(String),
    ]),
  )
}

function adviceOn({ keyId, role, histories, open, schedules }: ToldKey, isWhole: boolean): string {
  if (role === 'in clear')
    return 'in clear: written without keys, and read by everybody who may read the namespace'
  if (role === 'encrypts') return `${keyId}: what is written from here on`
  if (role === 'missing here')
    return `${keyId}: MATTEFLOW_PAYLOAD_KEYS lacks it here; whoever has to read these ${histories} histories needs it`
  if (histories + schedules === 0)
    return isWhole
      ? `${keyId}: nothing in this namespace needs it; it may go once all processes encrypt with another key`
      : `${keyId}: nothing that the query finds needs it; ask without --query before it goes`
  const sleeping = open > 0 ? ' `matteflow upgrade` lets sleeping removals go on in new runs.' : ''
  const renewing =
    schedules > 0 ? ' Schedules are written anew when a worker starts, or by `reconcile --schedule 1d`.' : ''
  return `${keyId}: still needed by ${histories} histories, ${open} of them open, and ${schedules} schedules.${sleeping} Closed ones go with the namespace’s retention.${renewing}`
}

function refused(error: unknown, query: string | undefined): unknown {
  const failure = serviceFailure(error, null)
  if (query === undefined || !isUnintelligible(error)) return failure
  return new RemovalFailure('InvalidRequest', `--query: ${failure.message}`, {
    hint: 'Write it as Temporal lists workflows: "ExecutionStatus = \'Running\'".',
    cause: error,
  })
}
