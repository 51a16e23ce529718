CREATE TABLE "workers" (
	"id" text PRIMARY KEY NOT NULL,
	"namespace" text NOT NULL,
	"identity" text NOT NULL,
	"version" text NOT NULL,
	"build" text NOT NULL,
	"breakers" jsonb NOT NULL,
	"calls" integer NOT NULL,
	"failed_calls" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL
);
