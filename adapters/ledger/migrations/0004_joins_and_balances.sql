CREATE TABLE "joined_removals" (
	"id" text PRIMARY KEY NOT NULL,
	"fingerprint" text NOT NULL,
	"into_id" text NOT NULL,
	"joined_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "project_balances" (
	"project" text PRIMARY KEY NOT NULL,
	"reserved_millicredits" bigint DEFAULT 0 NOT NULL,
	"spent_millicredits" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "removals" ADD COLUMN "joinable" boolean;--> statement-breakpoint
ALTER TABLE "joined_removals" ADD CONSTRAINT "joined_removals_into_id_removals_id_fk" FOREIGN KEY ("into_id") REFERENCES "removals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "removals_created" ON "removals" USING btree ("created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "removals_joinable" ON "removals" USING btree ("project","fingerprint") WHERE joinable and closed_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_entries_closed_once" ON "ledger_entries" USING btree ("removal_id","purchase") WHERE account = 'reserved' and kind <> 'reserve';--> statement-breakpoint
CREATE FUNCTION "keep_project_balances"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "project_balances" AS kept ("project", "reserved_millicredits", "spent_millicredits")
  SELECT "project",
    coalesce(sum("amount_millicredits") FILTER (WHERE "account" = 'reserved'), 0),
    coalesce(sum("amount_millicredits") FILTER (WHERE "account" = 'spent'), 0)
  FROM "inserted" GROUP BY "project" ORDER BY "project"
  ON CONFLICT ("project") DO UPDATE SET
    "reserved_millicredits" = kept."reserved_millicredits" + excluded."reserved_millicredits",
    "spent_millicredits" = kept."spent_millicredits" + excluded."spent_millicredits";
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Versions that know no balances insert entries as well, so that the database keeps the balances, not the program.
CREATE TRIGGER "ledger_entries_balances" AFTER INSERT ON "ledger_entries"
  REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "keep_project_balances"();
--> statement-breakpoint
-- The trigger above holds off everybody who inserts, so that no entry is counted twice or left out.
INSERT INTO "project_balances" ("project", "reserved_millicredits", "spent_millicredits")
SELECT "project",
  coalesce(sum("amount_millicredits") FILTER (WHERE "account" = 'reserved'), 0),
  coalesce(sum("amount_millicredits") FILTER (WHERE "account" = 'spent'), 0)
FROM "ledger_entries" GROUP BY "project";
