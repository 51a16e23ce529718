ALTER TABLE "removals" ADD COLUMN "input_picture_seconds" double precision;--> statement-breakpoint
ALTER TABLE "vendor_jobs" ADD COLUMN "refused_output" jsonb;