import pg from 'pg'

/** What a worker writes into the books on the way of one removal, in order. */
export const WRITES = [
  'the request',
  'the upload',
  'the draft',
  'that a start is about to be sent',
  'that the start was accepted',
  'that the output is in the storage',
  'the final document',
] as const
export type Write = (typeof WRITES)[number]

/** Holds chosen writes in the middle of their transactions. */
export interface HeldWrites {
  hold(removalId: string, write: Write): Promise<void>
  /** How many writes wait in the middle. */
  waiting(): Promise<number>
  /** Whatever waits is rolled back, as when the connection died with its process. */
  lose(): Promise<void>
  /** Whatever waits goes through, unheard. New holds may follow. */
  commit(): Promise<void>
  close(): Promise<void>
}

const KEY = [7, 7] as const

/** PostgreSQL only: needs sessions that wait for each other. */
export async function holdWrites(url: string): Promise<HeldWrites> {
  const holder = new pg.Client({ connectionString: url })
  await holder.connect()
  await holder.query(TRIGGERS)
  await holder.query(`select pg_advisory_lock(${KEY.join()})`)
  const waiters = `select pid from pg_locks where locktype = 'advisory' and objsubid = 2 and not granted`
  const release = async (): Promise<void> => {
    await holder.query('truncate held_writes')
    await holder.query(`select pg_advisory_unlock(${KEY.join()})`)
    // Taken again only when everyone who waited has had it.
    await holder.query(`select pg_advisory_lock(${KEY.join()})`)
  }
  return {
    async hold(removalId, write) {
      await holder.query('insert into held_writes values ($1, $2)', [removalId, write])
    },
    async waiting() {
      return (await holder.query(waiters)).rowCount ?? 0
    },
    async lose() {
      await holder.query(`select pg_terminate_backend(pid) from (${waiters}) as waiting`)
      await release()
    },
    commit: release,
    close: () => holder.end(),
  }
}

const TRIGGERS = `
  create table held_writes (removal_id text, write text);
  create function hold_write() returns trigger language plpgsql as $$
  declare
    row_removal text;
    row_write text;
  begin
    if TG_TABLE_NAME = 'removals' then
      row_removal := new.id;
      if TG_OP = 'INSERT' then row_write := 'the request';
      elsif new.document is not null then row_write := 'the final document';
      elsif new.video_url is distinct from old.video_url then row_write := 'the upload';
      end if;
    else
      row_removal := new.removal_id;
      if TG_OP = 'INSERT' then row_write := 'the draft';
      elsif new.collected and not old.collected then row_write := 'that the output is in the storage';
      elsif new.started_at is not null and old.started_at is null then row_write := 'that the start was accepted';
      elsif new.start_intended_at is not null and old.start_intended_at is null then
        row_write := 'that a start is about to be sent';
      end if;
    end if;
    if exists (select 1 from held_writes where removal_id = row_removal and write = row_write) then
      perform pg_advisory_xact_lock_shared(${KEY.join()});
    end if;
    return new;
  end $$;
  create trigger hold_write after insert or update on removals for each row execute function hold_write();
  create trigger hold_write after insert or update on vendor_jobs for each row execute function hold_write();
`
