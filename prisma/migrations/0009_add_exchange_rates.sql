-- CreateTable
CREATE TABLE "exchange_rates" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "base_currency" CHAR(3) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "rate" DECIMAL(28,12) NOT NULL,
    "valid_from" DATE NOT NULL,
    "source" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "exchange_rates_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE INDEX "exchange_rates_workspace_id_valid_from_id_idx" ON "exchange_rates"("workspace_id", "valid_from", "id");

-- CreateIndex
CREATE INDEX "exchange_rates_workspace_id_created_at_id_idx" ON "exchange_rates"("workspace_id", "created_at", "id");

-- AddForeignKey
ALTER TABLE "exchange_rates" ADD CONSTRAINT "exchange_rates_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "exchange_rates" ADD CONSTRAINT "exchange_rates_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "exchange_rates" ADD CONSTRAINT "exchange_rates_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- RowLevelSecurity
ALTER TABLE "exchange_rates" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "exchange_rates"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "exchange_rates" TO rapport_app;

-- One rate of two currencies for a day. A soft-deleted rate leaves its day to another one. Conversion looks the latest
-- rate up in this index, which is read backwards from a day.
CREATE UNIQUE INDEX "exchange_rates_workspace_id_base_currency_currency_valid_from_key"
  ON "exchange_rates"("workspace_id", "base_currency", "currency", "valid_from") WHERE "deleted_at" IS NULL;

ALTER TABLE "exchange_rates"
  ADD CONSTRAINT "exchange_rates_rate_check" CHECK ("rate" > 0),
  ADD CONSTRAINT "exchange_rates_currency_check" CHECK ("currency" <> "base_currency");

-- The least number that all of the numbers divide. With it, amounts that are divided by several rates are added up
-- exactly: as fractions of one denominator.
CREATE AGGREGATE rapport_lcm(numeric) (SFUNC = lcm, STYPE = numeric, INITCOND = '1', PARALLEL = SAFE);
