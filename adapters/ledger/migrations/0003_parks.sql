CREATE TABLE "parks" (
	"removal_id" text NOT NULL,
	"project" text NOT NULL,
	"purchase" integer NOT NULL,
	"kind" text NOT NULL,
	"message" text NOT NULL,
	"parked_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"ended_by" text,
	"resumed_by" text,
	"note" text,
	"answer" text,
	"max_credits" double precision,
	CONSTRAINT "parks_removal_id_parked_at_pk" PRIMARY KEY("removal_id","parked_at")
);
--> statement-breakpoint
CREATE INDEX "parks_open" ON "parks" USING btree ("project","parked_at") WHERE ended_at is null;