-- CreateTable
CREATE TABLE "units_units" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "part_of_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID,
    "updated_by_id" UUID,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "units_units_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "units_leases" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "unit_id" UUID NOT NULL,
    "former_unit_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID,
    "updated_by_id" UUID,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "units_leases_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "units_parkings" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "lease_id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "units_parkings_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "units_key_rings" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "unit_id" UUID,

    CONSTRAINT "units_key_rings_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "units_keys" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "ring_id" UUID NOT NULL,

    CONSTRAINT "units_keys_pkey" PRIMARY KEY ("workspace_id","id")
);

-- AddForeignKey
ALTER TABLE "units_units" ADD CONSTRAINT "units_units_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "units_units" ADD CONSTRAINT "units_units_workspace_id_part_of_id_fkey" FOREIGN KEY ("workspace_id", "part_of_id") REFERENCES "units_units"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "units_units" ADD CONSTRAINT "units_units_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("created_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "units_units" ADD CONSTRAINT "units_units_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("updated_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "units_leases" ADD CONSTRAINT "units_leases_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "units_leases" ADD CONSTRAINT "units_leases_workspace_id_unit_id_fkey" FOREIGN KEY ("workspace_id", "unit_id") REFERENCES "units_units"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "units_leases" ADD CONSTRAINT "units_leases_workspace_id_former_unit_id_fkey" FOREIGN KEY ("workspace_id", "former_unit_id") REFERENCES "units_units"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "units_leases" ADD CONSTRAINT "units_leases_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("created_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "units_leases" ADD CONSTRAINT "units_leases_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("updated_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "units_parkings" ADD CONSTRAINT "units_parkings_workspace_id_lease_id_fkey" FOREIGN KEY ("workspace_id", "lease_id") REFERENCES "units_leases"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "units_parkings" ADD CONSTRAINT "units_parkings_workspace_id_space_id_fkey" FOREIGN KEY ("workspace_id", "space_id") REFERENCES "units_units"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "units_key_rings" ADD CONSTRAINT "units_key_rings_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "units_key_rings" ADD CONSTRAINT "units_key_rings_workspace_id_unit_id_fkey" FOREIGN KEY ("workspace_id", "unit_id") REFERENCES "units_units"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "units_keys" ADD CONSTRAINT "units_keys_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "units_keys" ADD CONSTRAINT "units_keys_workspace_id_ring_id_fkey" FOREIGN KEY ("workspace_id", "ring_id") REFERENCES "units_key_rings"("workspace_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- RowLevelSecurity
ALTER TABLE "units_units" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "units_units"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "units_units" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "units_leases" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "units_leases"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "units_leases" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "units_parkings" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "units_parkings"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "units_parkings" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "units_key_rings" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "units_key_rings"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "units_key_rings" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "units_keys" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "units_keys"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "units_keys" TO rapport_app;
