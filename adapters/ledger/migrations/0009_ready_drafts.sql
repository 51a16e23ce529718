CREATE TABLE "ready_drafts" (
	"check_id" text PRIMARY KEY NOT NULL,
	"key_alias" text NOT NULL,
	"vendor_job_id" text,
	"orphan_drafts" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "ready_drafts_vendor_job_id_unique" UNIQUE("vendor_job_id")
);
