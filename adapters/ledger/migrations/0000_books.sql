CREATE TABLE "budgets" (
	"project" text PRIMARY KEY NOT NULL,
	"limit_millicredits" bigint NOT NULL,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger_entries" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"removal_id" text NOT NULL,
	"purchase" integer NOT NULL,
	"kind" text NOT NULL,
	"account" text NOT NULL,
	"project" text NOT NULL,
	"model" text NOT NULL,
	"output_format" text NOT NULL,
	"amount_millicredits" bigint NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "ledger_entries_once" UNIQUE("removal_id","purchase","kind","account")
);
--> statement-breakpoint
CREATE TABLE "removals" (
	"id" text PRIMARY KEY NOT NULL,
	"fingerprint" text NOT NULL,
	"workflow_id" text NOT NULL,
	"project" text NOT NULL,
	"user_id" text,
	"reference" text,
	"source" text NOT NULL,
	"input_key" text,
	"input_bytes" bigint,
	"input_sha256" text,
	"input_duration_seconds" double precision,
	"input_content_type" text,
	"model" text NOT NULL,
	"output_format" text NOT NULL,
	"background" jsonb NOT NULL,
	"request" jsonb NOT NULL,
	"estimated_millicredits" bigint,
	"video_url" text,
	"orphan_drafts" integer DEFAULT 0 NOT NULL,
	"final_status" text,
	"failure_kind" text,
	"document" jsonb,
	"created_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "vendor_jobs" (
	"removal_id" text NOT NULL,
	"purchase" integer NOT NULL,
	"vendor_job_id" text NOT NULL,
	"key_alias" text NOT NULL,
	"model" text NOT NULL,
	"output_format" text NOT NULL,
	"draft_status" text,
	"request_ids" text[] DEFAULT '{}' NOT NULL,
	"start_intended_at" timestamp with time zone,
	"start_unclear_at" timestamp with time zone,
	"start_repeated_at" timestamp with time zone,
	"started_at" timestamp with time zone,
	"start_answer" integer DEFAULT 0 NOT NULL,
	"estimated_millicredits" bigint,
	"credits_per_minute" double precision,
	"price_version" text,
	"charged_millicredits" bigint,
	"billing_status" text,
	"final_status" text,
	"error" text,
	"duration_seconds" double precision,
	"collected" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "vendor_jobs_removal_id_purchase_pk" PRIMARY KEY("removal_id","purchase"),
	CONSTRAINT "vendor_jobs_vendor_job_id_unique" UNIQUE("vendor_job_id")
);
--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_removal_id_removals_id_fk" FOREIGN KEY ("removal_id") REFERENCES "removals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vendor_jobs" ADD CONSTRAINT "vendor_jobs_removal_id_removals_id_fk" FOREIGN KEY ("removal_id") REFERENCES "removals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "ledger_entries_account" ON "ledger_entries" USING btree ("project","account");--> statement-breakpoint
CREATE INDEX "removals_project_created" ON "removals" USING btree ("project","created_at");--> statement-breakpoint
CREATE INDEX "removals_open" ON "removals" USING btree ("created_at") WHERE closed_at is null;