CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE "leases_leases" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "unit" TEXT NOT NULL,
    "parking" TEXT,
    "starts_on" DATE NOT NULL,
    "ends_on" DATE,
    "number" TEXT,
    "code" TEXT,
    "place" INTEGER,
    "is_draft" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID,
    "updated_by_id" UUID,
    "deleted_at" TIMESTAMPTZ(3),
    CONSTRAINT "leases_leases_pkey" PRIMARY KEY ("workspace_id", "id"),
    CONSTRAINT "leases_leases_period_check" CHECK ("starts_on" < "ends_on"),
    CONSTRAINT "leases_leases_place_key" UNIQUE ("workspace_id", "place") DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "leases_leases_unit_excl" EXCLUDE USING gist (
      "workspace_id" WITH =, "unit" WITH =, daterange("starts_on", "ends_on") WITH &&
    ) WHERE ("deleted_at" IS NULL AND NOT "is_draft"),
    CONSTRAINT "leases_leases_parking_excl" EXCLUDE USING gist (
      "workspace_id" WITH =, "parking" WITH =, daterange("starts_on", "ends_on") WITH &&
    ) WHERE ("deleted_at" IS NULL)
);
CREATE UNIQUE INDEX "leases_leases_number_key" ON "leases_leases" ("workspace_id", "number") WHERE NOT "is_draft";
CREATE UNIQUE INDEX "leases_leases_code_key" ON "leases_leases" ("workspace_id", lower("code"));

ALTER TABLE "leases_leases" ADD FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE;
ALTER TABLE "leases_leases" ADD FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("created_by_id");
ALTER TABLE "leases_leases" ADD FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("updated_by_id");

ALTER TABLE "leases_leases" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "leases_leases"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "leases_leases" TO rapport_app;
