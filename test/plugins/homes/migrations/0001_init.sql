CREATE TYPE "homes_household_kind" AS ENUM ('FAMILY', 'SHARED');

CREATE TABLE "homes_households" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" "homes_household_kind",
    "account_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    CONSTRAINT "homes_households_pkey" PRIMARY KEY ("workspace_id","id")
);
CREATE TABLE "homes_visit_details" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "rooms" INTEGER,
    "household_id" UUID,
    CONSTRAINT "homes_visit_details_pkey" PRIMARY KEY ("workspace_id","id")
);
CREATE INDEX "homes_households_workspace_id_account_id_idx" ON "homes_households"("workspace_id", "account_id");
ALTER TABLE "homes_households" ADD FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE;
ALTER TABLE "homes_households" ADD FOREIGN KEY ("workspace_id", "account_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE CASCADE;
ALTER TABLE "homes_visit_details" ADD FOREIGN KEY ("workspace_id", "id") REFERENCES "interactions"("workspace_id", "id") ON DELETE CASCADE;
ALTER TABLE "homes_visit_details" ADD FOREIGN KEY ("workspace_id", "household_id") REFERENCES "homes_households"("workspace_id", "id") ON DELETE NO ACTION;

ALTER TABLE "homes_households" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "homes_households"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "homes_households" TO rapport_app;
ALTER TABLE "homes_visit_details" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "homes_visit_details"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "homes_visit_details" TO rapport_app;
