import { setTimeout as sleep } from 'node:timers/promises'
import proto from '@temporalio/proto'
import type { NativeConnection } from '@temporalio/worker'
import { isRefusal, serviceStatusOf } from '../../client/errors.ts'
import { searchAttributes } from '../../workflows/messages.ts'

// A CommonJS module whose names Node cannot see.
const { IndexedValueType } = proto.temporal.api.enums.v1

const TYPES: Record<string, { value: number; name: string }> = {
  KEYWORD: { value: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD, name: 'Keyword' },
  KEYWORD_LIST: { value: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST, name: 'KeywordList' },
  DATETIME: { value: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME, name: 'Datetime' },
  DOUBLE: { value: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE, name: 'Double' },
}

type Attribute = (typeof searchAttributes)[keyof typeof searchAttributes]

/** The most useful first: where a namespace has no room for all, the last ones are left out. */
const BY_USE: Attribute[] = [
  searchAttributes.failure,
  searchAttributes.state,
  searchAttributes.project,
  searchAttributes.fingerprint,
  searchAttributes.model,
  searchAttributes.format,
  searchAttributes.vendorJobId,
  searchAttributes.parkedSince,
  searchAttributes.creditsCharged,
]

type Services = Pick<NativeConnection, 'operatorService' | 'workflowService'>

/** gRPC's INVALID_ARGUMENT: what visibility says of an attribute that it does not know. */
const INVALID_ARGUMENT = 3
/** Registering changes the namespace's record, which one of several workers that do so at once is refused. */
const TRIES = 5
const PAUSE_MS = 300

/** Search attributes that a namespace lacks, and why they could not be registered. */
export interface LackingAttributes {
  /** Names, none where all is well. */
  names: string[]
  reason: string
}

/** `Name=Type` of every search attribute, as the Temporal command line takes it. */
export function searchAttributeFlags(): string[] {
  return BY_USE.map(flagOf)
}

/**
 * The search attributes that a namespace lacks, as `Name=Type`. Who may not ask the operator service, as with a key
 * for one namespace of Temporal Cloud, learns it from visibility: a query that names an unknown attribute is refused.
 */
export async function missingSearchAttributes(connection: Services, namespace: string): Promise<string[]> {
  return (await missingKeys(connection, namespace)).map(flagOf)
}

/**
 * Registers what is missing, as far as that is possible. Gives what the namespace lacks all the same: no attribute is
 * needed to buy and to collect, so that a worker goes on without those, and must not set them.
 */
export async function registerSearchAttributes(
  connection: Services,
  namespace: string,
): Promise<LackingAttributes> {
  let reason = ''
  for (let tries = 1; ; tries += 1) {
    const missing = await missingKeys(connection, namespace)
    if (missing.length === 0) return { names: [], reason: '' }
    const names = missing.map(({ name }) => name)
    if (tries > TRIES) return { names, reason }
    try {
      await add(connection, namespace, missing)
      return { names: [], reason: '' }
    } catch (error) {
      reason = reasonOf(error)
      if (isRefusal(error)) return { names, reason }
    }
    // Another worker may be registering them; and where not all fit, some do.
    await sleep(PAUSE_MS * Math.random())
    const left: string[] = []
    for (const key of missing) {
      try {
        await add(connection, namespace, [key])
      } catch (error) {
        reason = reasonOf(error)
        left.push(key.name)
      }
    }
    if (left.length === 0) return { names: [], reason: '' }
    await sleep(PAUSE_MS)
  }
}

/** What a namespace that lacks attributes means for people, and how they are registered. */
export function lackingAttributesAdvice(
  { names, reason }: LackingAttributes,
  namespace: string,
): { message: string; hint: string } {
  const keys = BY_USE.filter(({ name }) => names.includes(name))
  const lost = keys.map(({ name }) => `${name} (${USES[name] ?? 'the Temporal UI'})`)
  const flags = keys.map((key) => `--name ${key.name} --type ${typeOf(key).name}`)
  return {
    message: `the namespace ${namespace} lacks search attributes${reason === '' ? '' : `, which could not be registered: ${reason}`}. Removals are bought and collected all the same; what does not find or show them: ${lost.join(', ')}`,
    hint: `Run \`temporal operator search-attribute create --namespace ${namespace} ${flags.join(' ')}\` (on Temporal Cloud, add them to the namespace there), then restart the workers. Where a namespace has ten Keyword attributes already, leave out RemovalFormat and RemovalModel first.`,
  }
}

/** Who looks by what, for the advice. */
const USES: Record<string, string> = {
  [searchAttributes.failure.name]: 'resume --all, the metric of parked removals',
  [searchAttributes.state.name]: 'list --state',
  [searchAttributes.project.name]: 'list --project',
  [searchAttributes.fingerprint.name]: 'joining before the input is staged',
}

/** Registers all of them without asking what is there; for servers of one's own. */
export async function addSearchAttributes(
  connection: Pick<NativeConnection, 'operatorService'>,
  namespace: string,
): Promise<void> {
  await add(connection, namespace, BY_USE)
}

async function add(
  { operatorService }: Pick<NativeConnection, 'operatorService'>,
  namespace: string,
  keys: Attribute[],
): Promise<void> {
  const attributes = Object.fromEntries(keys.map((key) => [key.name, typeOf(key).value]))
  await operatorService.addSearchAttributes({ namespace, searchAttributes: attributes })
}

async function missingKeys(connection: Services, namespace: string) {
  let registered: Record<string, unknown>
  try {
    const found = await connection.operatorService.listSearchAttributes({ namespace })
    registered = found.customAttributes ?? {}
  } catch (error) {
    if (!isRefusal(error) && !isUnimplemented(error)) throw error
    const known = await Promise.all(BY_USE.map((key) => isQueryable(connection, namespace, key)))
    return BY_USE.filter((_key, index) => known[index] === false)
  }
  // One that is there with another type is as good as none: the server refuses our values.
  return BY_USE.filter((key) => registered[key.name] !== typeOf(key).value)
}

/** A value of an attribute's type: visibility refuses one of another type, as it refuses an attribute of another type. */
const VALUE_OF: Record<string, string> = { Double: '0', Datetime: "'2000-01-01T00:00:00Z'" }

async function isQueryable(
  { workflowService }: Services,
  namespace: string,
  key: Attribute,
): Promise<boolean> {
  const query = `${key.name} = ${VALUE_OF[typeOf(key).name] ?? "'none'"}`
  try {
    await workflowService.countWorkflowExecutions({ namespace, query })
    return true
  } catch (error) {
    if (serviceStatusOf(error)?.code === INVALID_ARGUMENT) return false
    throw error
  }
}

/** gRPC's UNIMPLEMENTED: a proxy before the server has no operator service at all. */
function isUnimplemented(error: unknown): boolean {
  return serviceStatusOf(error)?.code === 12
}

function typeOf({ type }: Attribute): { value: number; name: string } {
  const known = TYPES[type]
  if (known === undefined) throw new TypeError(`no search attribute of ours is of type ${type}`)
  return known
}

function flagOf(key: Attribute): string {
  return `${key.name}=${typeOf(key).name}`
}

function reasonOf(error: unknown): string {
  return serviceStatusOf(error)?.details ?? (error instanceof Error ? error.message : String(error))
}
