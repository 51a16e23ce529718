import { searchAttributeFlags } from '../../worker/register-search-attributes.ts'

/** A development server has one history shard, which by default reads each queue at most 20 times a second. */
const QUEUE_READS = [
  'history.transferProcessorMaxPollRPS',
  'history.timerProcessorMaxPollRPS',
  'history.visibilityProcessorMaxPollRPS',
]

/** The arguments that start the embedded Temporal server on 127.0.0.1. */
export function temporalArguments(at: {
  databaseFile: string
  ports: Record<'temporal' | 'ui' | 'temporalHttp' | 'temporalMetrics', number>
}): string[] {
  return [
    'server',
    'start-dev',
    '--ip=127.0.0.1',
    `--port=${at.ports.temporal}`,
    '--headless=false',
    `--ui-port=${at.ports.ui}`,
    '--ui-disable-news-fetch',
    `--http-port=${at.ports.temporalHttp}`,
    `--metrics-port=${at.ports.temporalMetrics}`,
    '--log-level=warn',
    '--log-format=json',
    `--db-filename=${at.databaseFile}`,
    // Safe against killed processes, and a third faster than a rollback journal.
    '--sqlite-pragma=journal_mode=WAL',
    '--sqlite-pragma=synchronous=NORMAL',
    ...QUEUE_READS.map((name) => `--dynamic-config-value=${name}=5000`),
    ...searchAttributeFlags().map((flag) => `--search-attribute=${flag}`),
  ]
}
