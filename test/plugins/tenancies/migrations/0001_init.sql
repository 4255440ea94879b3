CREATE TABLE "tenancies_tenancies" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "manager_id" UUID,
    "team_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    CONSTRAINT "tenancies_tenancies_pkey" PRIMARY KEY ("workspace_id","id")
);
ALTER TABLE "tenancies_tenancies" ADD FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE;
ALTER TABLE "tenancies_tenancies" ADD FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE;
ALTER TABLE "tenancies_tenancies" ADD FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE;
ALTER TABLE "tenancies_tenancies" ADD FOREIGN KEY ("workspace_id", "manager_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("manager_id");
ALTER TABLE "tenancies_tenancies" ADD FOREIGN KEY ("workspace_id", "team_id") REFERENCES "teams"("workspace_id", "id") ON DELETE SET NULL ("team_id");
ALTER TABLE "tenancies_tenancies" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "tenancies_tenancies"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "tenancies_tenancies" TO rapport_app;

CREATE TABLE "tenancies_rent_payments" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "tenancy_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    CONSTRAINT "tenancies_rent_payments_pkey" PRIMARY KEY ("workspace_id","id")
);
CREATE INDEX "tenancies_rent_payments_workspace_id_tenancy_id_idx" ON "tenancies_rent_payments"("workspace_id", "tenancy_id");
ALTER TABLE "tenancies_rent_payments" ADD FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE;
ALTER TABLE "tenancies_rent_payments" ADD FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE;
ALTER TABLE "tenancies_rent_payments" ADD FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE;
ALTER TABLE "tenancies_rent_payments" ADD FOREIGN KEY ("workspace_id", "tenancy_id") REFERENCES "tenancies_tenancies"("workspace_id", "id") ON DELETE CASCADE;
ALTER TABLE "tenancies_rent_payments" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "tenancies_rent_payments"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "tenancies_rent_payments" TO rapport_app;

CREATE TABLE "tenancies_deposits" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "manager_id" UUID,
    "team_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    CONSTRAINT "tenancies_deposits_pkey" PRIMARY KEY ("workspace_id","id")
);
ALTER TABLE "tenancies_deposits" ADD FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE;
ALTER TABLE "tenancies_deposits" ADD FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE;
ALTER TABLE "tenancies_deposits" ADD FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE;
ALTER TABLE "tenancies_deposits" ADD FOREIGN KEY ("workspace_id", "manager_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("manager_id");
ALTER TABLE "tenancies_deposits" ADD FOREIGN KEY ("workspace_id", "team_id") REFERENCES "teams"("workspace_id", "id") ON DELETE SET NULL ("team_id");
ALTER TABLE "tenancies_deposits" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "tenancies_deposits"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "tenancies_deposits" TO rapport_app;
