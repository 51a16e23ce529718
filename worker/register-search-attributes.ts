import proto from '@temporalio/proto'
import type { NativeConnection } from '@temporalio/worker'
import { RemovalFailure } from '../domain/removal-failure.ts'
import { searchAttributes } from '../workflows/messages.ts'

// A CommonJS module whose names Node cannot see.
const { IndexedValueType } = proto.temporal.api.enums.v1

const TYPES: Record<string, { value: number; name: string }> = {
  KEYWORD: { value: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD, name: 'Keyword' },
  KEYWORD_LIST: {
    value: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    name: 'KeywordList',
  },
  DOUBLE: { value: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE, name: 'Double' },
}

/** `Name=Type` of every search attribute, as the Temporal command line takes it. */
export function searchAttributeFlags(): string[] {
  return Object.values(searchAttributes).map(({ name, type }) => `${name}=${TYPES[type]?.name ?? 'Keyword'}`)
}

/** The search attributes a namespace lacks, as `Name=Type`. */
export async function missingSearchAttributes(
  connection: Pick<NativeConnection, 'operatorService'>,
  namespace: string,
): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  return searchAttributeFlags().filter((flag) => !Object.hasOwn(customAttributes, flag.split('=')[0] ?? ''))
}

/** Registers what is missing, or says which and how: an unknown attribute would fail every start. */
export async function registerSearchAttributes(
  connection: Pick<NativeConnection, 'operatorService'>,
  namespace: string,
): Promise<void> {
  try {
    const missing = await missingSearchAttributes(connection, namespace)
    if (missing.length === 0) return
    await addSearchAttributes(connection, namespace, missing)
  } catch (error) {
    const flags = searchAttributeFlags().map((flag) => `--name ${flag.replace('=', ' --type ')}`)
    throw new RemovalFailure(
      'InvalidRequest',
      `search attributes could not be registered in the namespace ${namespace}: ${error instanceof Error ? error.message : String(error)}`,
      {
        hint: `Register them with the right to do so: temporal operator search-attribute create --namespace ${namespace} ${flags.join(' ')}`,
        cause: error,
      },
    )
  }
}

/** Registers the named attributes without asking what is there. */
export async function addSearchAttributes(
  connection: Pick<NativeConnection, 'operatorService'>,
  namespace: string,
  flags: string[] = searchAttributeFlags(),
): Promise<void> {
  const attributes = Object.values(searchAttributes).filter(({ name }) =>
    flags.some((flag) => flag.startsWith(`${name}=`)),
  )
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(attributes.map(({ name, type }) => [name, TYPES[type]?.value ?? 0])),
  })
}
