import pg from 'pg'
import type { Plant } from '../plant/plant.ts'
import { until } from '../plant/until.ts'
import type { Case } from './case.ts'
import { begin, newCase } from './case.ts'

/** What a worker writes into the ledger on the way of one removal, in order. */
export const WRITES = [
  'the request',
  'the credits it holds',
  'what its input is',
  'its upload',
  'its draft',
  'that its start is about to be sent',
  'that its start was accepted',
  'how its job ended',
  'that its output is in the storage',
  'the credits it spent',
  'its final document',
] as const
export type Write = (typeof WRITES)[number]

/** A held write keeps one of the worker's eight connections, and others must be left to get there. */
export const HALVES = [WRITES.slice(0, WRITES.length / 2), WRITES.slice(WRITES.length / 2)]

/** Holds chosen writes in the middle of their transactions. */
export interface HeldWrites {
  hold(removalId: string, write: Write): Promise<void>
  /** How many of the chosen writes wait in the middle. */
  waiting(): Promise<number>
  /** Whatever waits is rolled back, as when the connection died with its process. New holds may follow. */
  lose(): Promise<void>
  /** Whatever waits goes through, unheard. New holds may follow. */
  commit(): Promise<void>
  close(): Promise<void>
}

/** First half of the advisory locks that writes wait for; the second half tells which write. */
const LOCK = 7_007

/** PostgreSQL only: needs sessions that wait for each other. Holds end with the server. */
export async function holdWrites(url: string): Promise<HeldWrites> {
  const holder = new pg.Client({ connectionString: url })
  // It may be killed with its server.
  holder.on('error', () => {})
  await holder.connect()
  await holder.query(TRIGGERS)
  const eachLock = (ask: string) =>
    holder.query(`select ${ask}(${LOCK}, lock) from generate_series(1, ${WRITES.length}) as lock`)
  const waiters = `from pg_locks where locktype = 'advisory' and classid = ${LOCK} and not granted`
  const release = async (): Promise<void> => {
    await holder.query('delete from held_writes')
    await eachLock('pg_advisory_unlock')
    // Taken again only when everyone who waited has had them.
    await eachLock('pg_advisory_lock')
  }
  await eachLock('pg_advisory_lock')
  return {
    async hold(removalId, write) {
      await holder.query('insert into held_writes values ($1, $2)', [removalId, lockOf(write)])
    },
    async waiting() {
      const { rows } = await holder.query<{ count: string }>(`select count(distinct objid) ${waiters}`)
      return Number(rows[0]?.count)
    },
    async lose() {
      // Repeated writes wait for the rows of the first ones.
      await holder.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'`,
      )
      await release()
    },
    commit: release,
    close: () => holder.end(),
  }
}

/** Brings one removal into the middle of each of these writes; all of them are there when it resolves. */
export async function beginHeldAt(
  writes: readonly Write[],
  held: HeldWrites,
  plant: Plant,
): Promise<Map<Write, Case>> {
  const cases = new Map<Write, Case>()
  // Those who go furthest set out first: a worker does not wait for ever for its database.
  for (const write of writes.toReversed()) {
    const { id } = newCase()
    await held.hold(id, write)
    cases.set(write, await begin(plant, { id }))
  }
  await until(async () => (await held.waiting()) === writes.length)
  return cases
}

const lockOf = (write: Write): number => WRITES.indexOf(write) + 1

const TRIGGERS = `
  create table if not exists held_writes (removal_id text, lock int);
  delete from held_writes;

  create or replace function hold_write() returns trigger language plpgsql as $$
  declare
    row_removal text;
    row_lock int;
  begin
    if TG_TABLE_NAME = 'removals' then
      row_removal := new.id;
      if TG_OP = 'INSERT' then row_lock := ${lockOf('the request')};
      elsif new.document is not null then row_lock := ${lockOf('its final document')};
      elsif new.video_url is distinct from old.video_url then row_lock := ${lockOf('its upload')};
      elsif new.input_duration_seconds is distinct from old.input_duration_seconds then
        row_lock := ${lockOf('what its input is')};
      end if;
    elsif TG_TABLE_NAME = 'ledger_entries' then
      row_removal := new.removal_id;
      if new.kind = 'reserve' then row_lock := ${lockOf('the credits it holds')};
      elsif new.kind = 'settle' then row_lock := ${lockOf('the credits it spent')};
      end if;
    else
      row_removal := new.removal_id;
      if TG_OP = 'INSERT' then row_lock := ${lockOf('its draft')};
      elsif new.collected and not old.collected then
        row_lock := ${lockOf('that its output is in the storage')};
      elsif new.final_status is distinct from old.final_status then row_lock := ${lockOf('how its job ended')};
      elsif new.started_at is not null and old.started_at is null then
        row_lock := ${lockOf('that its start was accepted')};
      elsif new.start_intended_at is not null and old.start_intended_at is null then
        row_lock := ${lockOf('that its start is about to be sent')};
      end if;
    end if;
    if exists (select 1 from held_writes where removal_id = row_removal and lock = row_lock) then
      perform pg_advisory_xact_lock_shared(${LOCK}, row_lock);
    end if;
    return new;
  end $$;

  create or replace trigger hold_write after insert or update on removals
    for each row execute function hold_write();
  create or replace trigger hold_write after insert or update on vendor_jobs
    for each row execute function hold_write();
  create or replace trigger hold_write after insert on ledger_entries
    for each row execute function hold_write();
`
