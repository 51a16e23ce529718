ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_kind" CHECK ("kind" IN ('reserve', 'settle', 'release'));
--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_known_account" CHECK ("account" IN ('budget', 'reserved', 'spent', 'vendor'));
--> statement-breakpoint
CREATE FUNCTION "refuse_ledger_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ledger_entries is append-only';
END $$;
--> statement-breakpoint
CREATE TRIGGER "ledger_entries_append_only" BEFORE UPDATE OR DELETE ON "ledger_entries"
  FOR EACH ROW EXECUTE FUNCTION "refuse_ledger_change"();
--> statement-breakpoint
CREATE TRIGGER "ledger_entries_no_truncate" BEFORE TRUNCATE ON "ledger_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_ledger_change"();
--> statement-breakpoint
CREATE FUNCTION "refuse_unbalanced_ledger"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  balance bigint;
BEGIN
  SELECT sum("amount_millicredits") INTO balance FROM "ledger_entries"
    WHERE "removal_id" = NEW."removal_id" AND "purchase" = NEW."purchase" AND "kind" = NEW."kind";
  IF balance <> 0 THEN
    RAISE EXCEPTION 'the % of removal % purchase % is off by % millicredits', NEW."kind", NEW."removal_id", NEW."purchase", balance;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Deferred: the entries of one transaction come one row at a time, and the sum holds at its commit.
CREATE CONSTRAINT TRIGGER "ledger_entries_balance" AFTER INSERT ON "ledger_entries"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "refuse_unbalanced_ledger"();
