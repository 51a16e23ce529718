import type { Client } from '@temporalio/client'
import { keyIdOf } from '../../adapters/encryption/payload-codec.ts'
import { payloadsIn } from '../../adapters/encryption/payloads-in.ts'

/** What Temporal holds that is written with one key. */
export interface KeyUse {
  /** Null for what is in clear. */
  keyId: string | null
  payloads: number
  /** Runs whose history or description has such a payload, and how many of them are unfinished. */
  histories: number
  open: number
  schedules: number
}

/** `temporal.api.enums.v1.WorkflowExecutionStatus`, whose package has no named exports. */
const RUNNING = 1
/** A history may take 50 MB: so many are in memory at a time. */
const AT_ONCE = 4
const PAGE_SIZE = 500

type Run = Parameters<Client['workflowService']['describeWorkflowExecution']>[0]['execution']

/**
 * Counts the payloads of everything that Temporal lists for a query, by the key that they are encrypted with; nothing is
 * decrypted, so that no key is needed. Schedules are counted where everything is asked for.
 */
export async function countPayloads(
  { workflowService, workflow, options: { namespace } }: Client,
  {
    query = '',
    onCounted = () => {},
  }: { query?: string | undefined; onCounted?(histories: number): void } = {},
): Promise<KeyUse[]> {
  const uses = new Map<string | null, KeyUse>()
  const add = (message: unknown, where: readonly ('histories' | 'open' | 'schedules')[]): void => {
    const seen = new Set<KeyUse>()
    for (const { payload } of payloadsIn(message)) {
      const keyId = keyIdOf(payload)
      const use = uses.get(keyId) ?? { keyId, payloads: 0, histories: 0, open: 0, schedules: 0 }
      uses.set(keyId, use)
      use.payloads += 1
      seen.add(use)
    }
    for (const use of seen) for (const place of where) use[place] += 1
  }
  const countRun = async (execution: Run, isOpen: boolean): Promise<void> => {
    const [history, description] = await Promise.all([
      workflow.getHandle(execution?.workflowId ?? '', execution?.runId ?? '').fetchHistory(),
      // What an activity under way has told is no part of a history yet.
      isOpen ? workflowService.describeWorkflowExecution({ namespace, execution: execution ?? null }) : null,
    ])
    add([history, description?.pendingActivities], isOpen ? ['histories', 'open'] : ['histories'])
  }
  let counted = 0
  // The SDK's own list decodes memos, which takes the keys.
  const nextRuns = (nextPageToken: Uint8Array | null) =>
    workflowService.listWorkflowExecutions({ namespace, query, pageSize: PAGE_SIZE, nextPageToken })
  for await (const { executions } of pagesOf(nextRuns)) {
    for (let index = 0; index < executions.length; index += AT_ONCE) {
      const some = executions.slice(index, index + AT_ONCE)
      await Promise.all(some.map(({ execution, status }) => countRun(execution ?? null, status === RUNNING)))
      counted += some.length
      onCounted(counted)
    }
  }
  if (query === '') {
    const nextSchedules = (nextPageToken: Uint8Array | null) =>
      workflowService.listSchedules({ namespace, maximumPageSize: PAGE_SIZE, nextPageToken })
    for await (const { schedules } of pagesOf(nextSchedules))
      for (const { scheduleId } of schedules)
        add(await workflowService.describeSchedule({ namespace, scheduleId: scheduleId ?? null }), [
          'schedules',
        ])
  }
  return [...uses.values()].toSorted((left, right) => (left.keyId ?? '').localeCompare(right.keyId ?? ''))
}

async function* pagesOf<Page extends { nextPageToken: Uint8Array }>(
  next: (token: Uint8Array | null) => Promise<Page>,
): AsyncGenerator<Page, void, undefined> {
  for (let token: Uint8Array | null = null; token === null || token.length > 0; ) {
    const page: Page = await next(token)
    yield page
    token = page.nextPageToken
  }
}
