// `npm run docs` writes the reference of the library to `coverage/library/`; `npm run check` holds that it is whole.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const entries = Object.values(exports).map(({ types }) =>
  types.replace('./dist/', '').replace('.d.ts', '.ts'),
)

/** The rows of the table of failures all say the same, which `FailureRule` explains. */
const FIELDS = ['retryable', 'parks', 'wakes', 'fallback', 'httpStatus', 'exitCode']
const table = readFileSync(new URL('../../domain/failures.ts', import.meta.url), 'utf8')
const ROWS = [...table.matchAll(/^ {2}(\w+): \{$/gm)].flatMap(([, kind]) => [
  `client.FAILURES.__type.${kind}`,
  ...FIELDS.map((field) => `client.FAILURES.__type.${kind}.__type.${field}`),
])

/**
 * Named by public types and not for users to build: what activities take and give, the outside world of a worker, tables that
 * types are made of, and options whose fields are read where they are given. A new one is decided on, here or by an export.
 */
const INSIDES = [
  'AdmitRemovalInput',
  'AdmitRemovalResult',
  'AnswerDetails',
  'CallOptions',
  'CarriedState',
  'CheckVendorJobInput',
  'CheckedJob',
  'CreateVendorJobInput',
  'DeleteRemovalInput',
  'DeletedRemoval',
  'ExpiryReport',
  'FailureFacts',
  'FindParkNewsInput',
  'FoundParkNews',
  'GivenInput',
  'GuardedVendorClient',
  'HostRules',
  'Ledger',
  'MODELS',
  'MakeReadyDraftInput',
  'Media',
  'Metrics',
  'Model',
  'Moment',
  'Notifications',
  'OUTPUT_FLAWS',
  'OUTPUT_FORMATS',
  'OUTPUT_ODDITIES',
  'OutputFormat',
  'Patience',
  'PolicySettings',
  'Prices',
  'Proxies',
  'REMOVAL_STATES',
  'ROUTES',
  'ReadOptions',
  'ReadyDraft',
  'ReadyReport',
  'ReconcileBooksInput',
  'ReconcileReport',
  'ReconcileRequest',
  'RecordParkInput',
  'RemovalRequestInput',
  'ReplayOpenWanted',
  'ReplayedOpen',
  'ReserveCreditsInput',
  'RetrieveOutputInput',
  'RetrievedOutput',
  'SendParkNewsInput',
  'SettleRemovalInput',
  'StartVendorJobInput',
  'StartedStart',
  'ToldGroup',
  'Tracing',
  'UploadInputInput',
  'UploadedInput',
  'VendorDraft',
  'VendorJob',
  'WEBHOOK_FLAWS',
  'WebhookInput',
  'WriteOptions',
]

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'matteflow',
  basePath: ROOT,
  tsconfig: `${ROOT}tsconfig.json`,
  entryPoints: entries.map((path) => `${ROOT}${path}`),
  out: `${ROOT}coverage/library`,
  readme: `${ROOT}docs/library.md`,
  excludeExternals: true,
  // `tsc` has said it.
  skipErrorChecking: true,
  validation: { notDocumented: true, notExported: true, invalidLink: true },
  treatValidationWarningsAsErrors: true,
  intentionallyNotDocumented: ROWS,
  intentionallyNotExported: INSIDES,
}
