import { randomUUID } from 'node:crypto'
import { NativeConnection } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTemporalServer } from '../../../testing/temporal-server.ts'
import {
  lackingAttributesAdvice,
  missingSearchAttributes,
  registerSearchAttributes,
  searchAttributeFlags,
} from '../../../worker/temporal/register-search-attributes.ts'
import { searchAttributes } from '../../../workflows/messages.ts'

const KEYWORD = 2
const PERMISSION_DENIED = 7

let server: Awaited<ReturnType<typeof startTemporalServer>>
let connection: NativeConnection
beforeAll(async () => {
  server = await startTemporalServer('dev')
  connection = await NativeConnection.connect({ address: server.address })
})
afterAll(async () => {
  await connection.close()
  await server.teardown()
})

/** A namespace without any of our search attributes, and with so many Keyword attributes of other people. */
async function aNamespace(others = 0): Promise<string> {
  const namespace = `n-${randomUUID()}`
  const days = { workflowExecutionRetentionPeriod: { seconds: 86_400 as never } }
  await connection.workflowService.registerNamespace({ namespace, ...days })
  const names = Array.from({ length: others }, (_, index) => [`Other${index}`, KEYWORD] as const)
  if (others > 0)
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(names),
    })
  return namespace
}

/** As a key for one namespace of Temporal Cloud sees it: the operator service is not for it. */
const asNamespaceKey = (): Parameters<typeof registerSearchAttributes>[0] => {
  const refuse = () => {
    const answer = { code: PERMISSION_DENIED, details: 'Request unauthorized.', metadata: {} }
    return Promise.reject(Object.assign(new Error('7 PERMISSION_DENIED: Request unauthorized.'), answer))
  }
  const operatorService = { listSearchAttributes: refuse, addSearchAttributes: refuse } as never
  return { workflowService: connection.workflowService, operatorService }
}

describe('search attributes that a namespace lacks', () => {
  it('are registered by three workers that start at the same moment', async () => {
    const namespace = await aNamespace()
    expect((await missingSearchAttributes(connection, namespace)).sort()).toEqual(
      searchAttributeFlags().sort(),
    )

    const lacking = await Promise.all([1, 2, 3].map(() => registerSearchAttributes(connection, namespace)))

    expect(lacking.flatMap(({ names }) => names)).toEqual([])
    expect(await missingSearchAttributes(connection, namespace)).toEqual([])
  })

  it('are registered as far as there is room, the most useful first, and the rest is named', async () => {
    const namespace = await aNamespace(7)

    const lacking = await registerSearchAttributes(connection, namespace)

    expect(lacking.names).toEqual(['RemovalFingerprint', 'RemovalModel', 'RemovalFormat'])
    const { message, hint } = lackingAttributesAdvice(lacking, namespace)
    expect(message).toContain('cannot have more than 10 search attribute of type Keyword')
    expect(message).toContain('bought and collected all the same')
    expect(hint).toContain('--name RemovalModel --type Keyword')
  }, 30_000)

  it('are found where only visibility may be asked, and are no reason to stop where they may not be registered', async () => {
    const namespace = await aNamespace()
    expect((await registerSearchAttributes(asNamespaceKey(), namespace)).names.toSorted()).toEqual(
      Object.values(searchAttributes)
        .map(({ name }) => name)
        .toSorted(),
    )

    await registerSearchAttributes(connection, namespace)

    // Visibility learns of new attributes a moment later.
    await expect
      .poll(async () => (await registerSearchAttributes(asNamespaceKey(), namespace)).names, {
        timeout: 20_000,
      })
      .toEqual([])
  }, 40_000)
})
