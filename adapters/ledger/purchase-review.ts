import { sql } from 'drizzle-orm'
import { creditsFromMillicredits } from '../../domain/pricing.ts'
import type { DraftLoser } from '../../domain/reconcile/compare-unknown-job.ts'
import type { OurPurchase } from '../../domain/reconcile/our-purchase.ts'
import type { ClosedReservation } from '../../domain/reconcile/reconcile-report.ts'
import type { Model, OutputFormat } from '../../domain/request-values.ts'
import type { Database } from './open-database.ts'
import { epochMs, numberOrNull } from './row-queries.ts'

/** What reconciling asks of the ledger. A null project is all of them. */
export interface PurchaseReview {
  /** Purchases made since, and all that are still held, oldest first. */
  review(wanted: { project: string | null; since: Date }): Promise<OurPurchase[]>
  /** The aliases of all keys that ever made a job. */
  keyAliases(): Promise<string[]>
  /** Those of the vendor's job ids that no purchase has. */
  unknownJobIds(ids: string[]): Promise<string[]>
  /** Removals that counted a lost draft, and readiness checks, none of which takes an hour. */
  draftLosers(): Promise<DraftLoser[]>
  /** Reservations whose closing was posted with a reason that begins like this. */
  closedFor(reason: string): Promise<ClosedReservation[]>
}

/** Those of one database. */
export function purchaseReview(database: Database): PurchaseReview {
  return {
    async review({ project, since }: { project: string | null; since: Date }): Promise<OurPurchase[]> {
      const { rows } = await database.execute(sql`
        with entries as (
          select removal_id, purchase,
            sum(amount_millicredits) filter (where account = 'reserved') as held,
            sum(amount_millicredits) filter (where account = 'spent') as spent,
            max(kind) filter (where kind <> 'reserve') as closing,
            min(at) as reserved_at, min(model) as model, min(output_format) as output_format
          from ledger_entries group by removal_id, purchase
        )
        select r.id as removal_id, coalesce(e.purchase, v.purchase) as purchase, r.workflow_id, r.project,
          coalesce(v.model, e.model) as model, coalesce(v.output_format, e.output_format) as output_format,
          r.closed_at is not null as is_closed, v.vendor_job_id, v.key_alias, v.draft_status, v.final_status,
          v.started_at is not null as is_started, v.start_intended_at is not null as is_intended,
          ${epochMs(sql`coalesce(v.started_at, v.start_intended_at)`)} as started_ms,
          ${epochMs(sql`e.reserved_at`)} as reserved_ms,
          v.estimated_millicredits, v.credits_per_minute, v.duration_seconds,
          coalesce(e.held, 0) as held, coalesce(e.spent, 0) as spent, e.closing
        from entries e
          full join vendor_jobs v on v.removal_id = e.removal_id and v.purchase = e.purchase
          join removals r on r.id = coalesce(e.removal_id, v.removal_id)
        where (${project}::text is null or r.project = ${project})
          and (e.closing is null
            or coalesce(v.started_at, v.start_intended_at, e.reserved_at) >= ${since.toISOString()}::timestamptz)
        order by e.reserved_at, r.id, 2`)
      return rows.map(purchaseFrom)
    },

    async keyAliases(): Promise<string[]> {
      const { rows } = await database.execute<{ key_alias: string }>(
        sql`select distinct key_alias from vendor_jobs order by key_alias`,
      )
      return rows.map((row) => row.key_alias)
    },

    async unknownJobIds(ids: string[]): Promise<string[]> {
      const { rows } = await database.execute<{ id: string }>(sql`
        select id from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb) as given(id)
        where not exists (select from vendor_jobs where vendor_job_id = id)`)
      return rows.map((row) => row.id)
    },

    async draftLosers(): Promise<DraftLoser[]> {
      const { rows } = await database.execute(sql`
        select id as removal_id, null as check_id,
          ${epochMs(sql`created_at`)} as created_ms, ${epochMs(sql`closed_at`)} as closed_ms
        from removals where orphan_drafts > 0
        union all
        select null, check_id, ${epochMs(sql`created_at`)}, ${epochMs(sql`created_at + interval '1 hour'`)}
        from ready_drafts where orphan_drafts > 0`)
      return rows.map((row) => ({
        removalId: row['removal_id'] as string | null,
        checkId: row['check_id'] as string | null,
        createdAtMs: Number(row['created_ms']),
        closedAtMs: numberOrNull(row['closed_ms']),
      }))
    },

    async closedFor(reason: string): Promise<ClosedReservation[]> {
      const { rows } = await database.execute(sql`
        select e.removal_id, e.purchase, e.kind, e.reason, v.vendor_job_id,
          coalesce(sum(e.amount_millicredits) filter (where e.account = 'spent'), 0) as spent
        from ledger_entries e
          left join vendor_jobs v on v.removal_id = e.removal_id and v.purchase = e.purchase
        where starts_with(e.reason, ${reason})
        group by e.removal_id, e.purchase, e.kind, e.reason, v.vendor_job_id
        order by min(e.id)`)
      return rows.map((row) => ({
        removalId: String(row['removal_id']),
        purchase: Number(row['purchase']),
        vendorJobId: row['vendor_job_id'] as string | null,
        closing: row['kind'] as ClosedReservation['closing'],
        spent: creditsFromMillicredits(Number(row['spent'])),
        reason: String(row['reason']),
      }))
    },
  }
}

function purchaseFrom(row: Record<string, unknown>): OurPurchase {
  const text = (name: string) => row[name] as string | null
  return {
    removalId: String(row['removal_id']),
    purchase: Number(row['purchase']),
    workflowId: String(row['workflow_id']),
    project: String(row['project']),
    model: row['model'] as Model,
    outputFormat: row['output_format'] as OutputFormat,
    isRemovalClosed: row['is_closed'] === true,
    vendorJobId: text('vendor_job_id'),
    keyAlias: text('key_alias'),
    draftStatus: text('draft_status'),
    finalStatus: text('final_status'),
    start: row['is_started'] === true ? 'started' : row['is_intended'] === true ? 'in-doubt' : 'none',
    startedAtMs: numberOrNull(row['started_ms']),
    reservedAtMs: numberOrNull(row['reserved_ms']),
    estimatedMillicredits: numberOrNull(row['estimated_millicredits']),
    creditsPerMinute: numberOrNull(row['credits_per_minute']),
    durationSeconds: numberOrNull(row['duration_seconds']),
    heldMillicredits: Number(row['held']),
    spentMillicredits: Number(row['spent']),
    closing: row['closing'] as OurPurchase['closing'],
  }
}
