-- AlterTable
ALTER TABLE "opportunity_periods" ADD COLUMN     "closed_on" DATE;

-- CreateTable
CREATE TABLE "quotas" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "owner_id" UUID,
    "team_id" UUID,
    "year" INTEGER NOT NULL,
    "quarter" INTEGER,
    "month" INTEGER,
    "amount" DECIMAL(20,4) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "first_month" INTEGER NOT NULL GENERATED ALWAYS AS ("year" * 12 + coalesce("month" - 1, ("quarter" - 1) * 3, 0)) STORED,
    "months" INTEGER NOT NULL GENERATED ALWAYS AS (CASE WHEN "month" IS NOT NULL THEN 1 WHEN "quarter" IS NOT NULL THEN 3 ELSE 12 END) STORED,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "quotas_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "forecast_adjustments" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "owner_id" UUID,
    "year" INTEGER NOT NULL,
    "quarter" INTEGER,
    "month" INTEGER,
    "category" "ForecastCategory" NOT NULL DEFAULT 'COMMIT',
    "amount" DECIMAL(20,4) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "withdrawn_at" TIMESTAMPTZ(3),
    "first_month" INTEGER NOT NULL GENERATED ALWAYS AS ("year" * 12 + coalesce("month" - 1, ("quarter" - 1) * 3, 0)) STORED,
    "months" INTEGER NOT NULL GENERATED ALWAYS AS (CASE WHEN "month" IS NOT NULL THEN 1 WHEN "quarter" IS NOT NULL THEN 3 ELSE 12 END) STORED,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,

    CONSTRAINT "forecast_adjustments_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "forecast_snapshots" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "owner_id" UUID,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,
    "year" INTEGER NOT NULL,
    "quarter" INTEGER,
    "month" INTEGER,
    "currency" CHAR(3) NOT NULL,
    "count" INTEGER NOT NULL,
    "closed" DECIMAL(24,4) NOT NULL,
    "commit" DECIMAL(24,4) NOT NULL,
    "best_case" DECIMAL(24,4) NOT NULL,
    "pipeline" DECIMAL(24,4) NOT NULL,
    "weighted" DECIMAL(24,4) NOT NULL,
    "quota" DECIMAL(24,4),
    "adjustment" DECIMAL(24,4) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,

    CONSTRAINT "forecast_snapshots_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE INDEX "quotas_workspace_id_first_month_months_idx" ON "quotas"("workspace_id", "first_month", "months");

-- CreateIndex
CREATE INDEX "quotas_workspace_id_created_at_id_idx" ON "quotas"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "quotas_workspace_id_team_id_idx" ON "quotas"("workspace_id", "team_id");

-- CreateIndex
CREATE INDEX "forecast_adjustments_workspace_id_first_month_months_idx" ON "forecast_adjustments"("workspace_id", "first_month", "months");

-- CreateIndex
CREATE INDEX "forecast_adjustments_workspace_id_created_at_id_idx" ON "forecast_adjustments"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "forecast_snapshots_workspace_id_taken_at_id_idx" ON "forecast_snapshots"("workspace_id", "taken_at", "id");

-- CreateIndex
CREATE INDEX "forecast_snapshots_workspace_id_created_at_id_idx" ON "forecast_snapshots"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "opportunity_periods_workspace_id_closes_on_idx" ON "opportunity_periods"("workspace_id", "closes_on");

-- CreateIndex
CREATE INDEX "opportunity_periods_workspace_id_closed_on_idx" ON "opportunity_periods"("workspace_id", "closed_on");

-- AddForeignKey
ALTER TABLE "quotas" ADD CONSTRAINT "quotas_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quotas" ADD CONSTRAINT "quotas_workspace_id_owner_id_fkey" FOREIGN KEY ("workspace_id", "owner_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quotas" ADD CONSTRAINT "quotas_workspace_id_team_id_fkey" FOREIGN KEY ("workspace_id", "team_id") REFERENCES "teams"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quotas" ADD CONSTRAINT "quotas_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quotas" ADD CONSTRAINT "quotas_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "forecast_adjustments" ADD CONSTRAINT "forecast_adjustments_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "forecast_adjustments" ADD CONSTRAINT "forecast_adjustments_workspace_id_owner_id_fkey" FOREIGN KEY ("workspace_id", "owner_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "forecast_adjustments" ADD CONSTRAINT "forecast_adjustments_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "forecast_adjustments" ADD CONSTRAINT "forecast_adjustments_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "forecast_snapshots" ADD CONSTRAINT "forecast_snapshots_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "forecast_snapshots" ADD CONSTRAINT "forecast_snapshots_workspace_id_owner_id_fkey" FOREIGN KEY ("workspace_id", "owner_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "forecast_snapshots" ADD CONSTRAINT "forecast_snapshots_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "forecast_snapshots" ADD CONSTRAINT "forecast_snapshots_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- RowLevelSecurity
ALTER TABLE "quotas" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "quotas"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "quotas" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "forecast_adjustments" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "forecast_adjustments"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "forecast_adjustments" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "forecast_snapshots" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "forecast_snapshots"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "forecast_snapshots" TO rapport_app;

-- One quota of a user or a team for a period.
CREATE UNIQUE INDEX "quotas_workspace_id_owner_id_first_month_months_key" ON "quotas"("workspace_id", "owner_id", "first_month", "months")
  WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "quotas_workspace_id_team_id_first_month_months_key" ON "quotas"("workspace_id", "team_id", "first_month", "months")
  WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "forecast_snapshots_taken_key" ON "forecast_snapshots"("workspace_id", "taken_at", "year", "quarter", "month", "owner_id")
  NULLS NOT DISTINCT;

ALTER TABLE "quotas"
  ADD CONSTRAINT "quotas_period_check" CHECK ("year" BETWEEN 1 AND 9998 AND ("quarter" IS NULL OR "month" IS NULL)
    AND "quarter" BETWEEN 1 AND 4 AND "month" BETWEEN 1 AND 12),
  ADD CONSTRAINT "quotas_amount_check" CHECK ("amount" >= 0),
  ADD CONSTRAINT "quotas_owner_check" CHECK (num_nonnulls("owner_id", "team_id") = 1);
ALTER TABLE "forecast_adjustments"
  ADD CONSTRAINT "forecast_adjustments_period_check" CHECK ("year" BETWEEN 1 AND 9998 AND ("quarter" IS NULL OR "month" IS NULL)
    AND "quarter" BETWEEN 1 AND 4 AND "month" BETWEEN 1 AND 12),
  ADD CONSTRAINT "forecast_adjustments_category_check" CHECK ("category" IN ('COMMIT', 'BEST_CASE', 'PIPELINE'));

-- A closed opportunity has the day of its current period; of a period that is over, the day on which it began is known.
UPDATE "opportunity_periods" p SET "closed_on" = coalesce(
    CASE WHEN p."ended_at" IS NULL THEN o."closed_on" END, (p."started_at" AT TIME ZONE w."time_zone")::date)
  FROM "opportunities" o, "workspaces" w
  WHERE o."workspace_id" = p."workspace_id" AND o."id" = p."opportunity_id" AND w."id" = p."workspace_id" AND p."status" <> 'OPEN';
