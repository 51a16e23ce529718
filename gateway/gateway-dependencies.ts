import type { Logger } from 'pino'
import type { BudgetRow } from '../adapters/ledger/budget-report.ts'
import type { Ledger } from '../adapters/ledger/ledger.ts'
import type { UsageQuery, UsageReport } from '../adapters/ledger/usage-report.ts'
import type { Storage } from '../adapters/storage/storage.ts'
import type { EndpointRules } from '../adapters/transfer/check-endpoint-url.ts'
import type { Removals } from '../client/removals.ts'
import type { ProjectLimits } from './auth/project-limits.ts'
import type { Tokens } from './auth/tokens.ts'
import type { Uploads } from './uploads/uploads.ts'

/** What the gateway asks the ledger for. A ledger that is away shows as `PlatformUnavailable`. */
export interface GatewayLedger {
  usage(query: UsageQuery): Promise<UsageReport>
  /** Undefined for a project without a limit that never held credits. */
  budget(project: string): Promise<BudgetRow | undefined>
  /** The key from which the unguessable end of an unsigned callback's address is derived. */
  callbackKey(): Promise<Buffer>
  /** Endpoints that hear of ends and parks, and what was delivered to them. */
  webhooks(): Promise<Ledger['webhooks']>
}

/** What the gateway is made of. Only its composition root builds these. */
export interface GatewayDependencies {
  removals: Removals
  ledger: GatewayLedger
  storage: Storage
  tokens: Tokens
  limits: ProjectLimits
  uploads: Uploads
  /** Where the vendor and people reach the gateway; null where only this machine does. */
  publicUrl: string | null
  /** The secret of the vendor's webhooks; null where none is configured. */
  webhookSecret: string | null
  /** Where the endpoints of projects may be. */
  endpointRules: EndpointRules
  /** Where the Temporal UI is; null where only the owner of the server knows. */
  temporalUiUrl: string | null
  log: Logger
  now(): number
  /** Aborted once the gateway shuts down: what waits for long lets go. */
  draining: AbortSignal
}
