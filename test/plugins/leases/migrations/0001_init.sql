CREATE TABLE "leases_leases" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "rent" INTEGER NOT NULL,
    "account_id" UUID,
    "owner_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "leases_leases_pkey" PRIMARY KEY ("workspace_id","id")
);

CREATE TABLE "leases_tenants" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "lease_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "leases_tenants_pkey" PRIMARY KEY ("workspace_id","id")
);

CREATE TABLE "leases_counts" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "lease_count" INTEGER NOT NULL,

    CONSTRAINT "leases_counts_pkey" PRIMARY KEY ("workspace_id","id")
);

CREATE UNIQUE INDEX "leases_leases_workspace_id_number_key" ON "leases_leases"("workspace_id", "number");
CREATE INDEX "leases_tenants_workspace_id_lease_id_idx" ON "leases_tenants"("workspace_id", "lease_id");

ALTER TABLE "leases_leases" ADD CONSTRAINT "leases_leases_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "leases_leases" ADD CONSTRAINT "leases_leases_account_fkey" FOREIGN KEY ("workspace_id", "account_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "leases_leases" ADD CONSTRAINT "leases_leases_owner_fkey" FOREIGN KEY ("workspace_id", "owner_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("owner_id") ON UPDATE CASCADE;
ALTER TABLE "leases_leases" ADD CONSTRAINT "leases_leases_created_by_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "leases_leases" ADD CONSTRAINT "leases_leases_updated_by_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "leases_tenants" ADD CONSTRAINT "leases_tenants_lease_fkey" FOREIGN KEY ("workspace_id", "lease_id") REFERENCES "leases_leases"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "leases_counts" ADD CONSTRAINT "leases_counts_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "leases_leases" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "leases_leases"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "leases_leases" TO rapport_app;

ALTER TABLE "leases_tenants" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "leases_tenants"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "leases_tenants" TO rapport_app;

ALTER TABLE "leases_counts" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "leases_counts"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "leases_counts" TO rapport_app;

CREATE FUNCTION "leases_total"(workspace uuid) RETURNS bigint LANGUAGE sql STABLE
AS $$ SELECT count(*) FROM leases_leases l WHERE l.workspace_id = workspace $$;
