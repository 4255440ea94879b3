-- CreateTable
CREATE TABLE "opportunity_lines" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "opportunity_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "quantity" DECIMAL(20,4) NOT NULL,
    "unit_price" DECIMAL(20,4) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "discount_percent" DECIMAL(7,4) NOT NULL DEFAULT 0,
    "discount" DECIMAL(20,4),
    "discount_currency" CHAR(3),
    "total" DECIMAL(20,4) NOT NULL,
    "description" TEXT,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "opportunity_lines_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE INDEX "opportunity_lines_workspace_id_opportunity_id_idx" ON "opportunity_lines"("workspace_id", "opportunity_id");

-- CreateIndex
CREATE INDEX "opportunity_lines_workspace_id_product_id_opportunity_id_idx" ON "opportunity_lines"("workspace_id", "product_id", "opportunity_id");

-- AddForeignKey
ALTER TABLE "opportunity_lines" ADD CONSTRAINT "opportunity_lines_workspace_id_opportunity_id_fkey" FOREIGN KEY ("workspace_id", "opportunity_id") REFERENCES "opportunities"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "opportunity_lines" ADD CONSTRAINT "opportunity_lines_workspace_id_product_id_fkey" FOREIGN KEY ("workspace_id", "product_id") REFERENCES "products"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- RowLevelSecurity
ALTER TABLE "opportunity_lines" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "opportunity_lines"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "opportunity_lines" TO rapport_app;

ALTER TABLE "opportunity_lines"
  ADD CONSTRAINT "opportunity_lines_quantity_check" CHECK ("quantity" > 0),
  ADD CONSTRAINT "opportunity_lines_unit_price_check" CHECK ("unit_price" >= 0),
  ADD CONSTRAINT "opportunity_lines_discount_percent_check" CHECK ("discount_percent" BETWEEN 0 AND 100),
  ADD CONSTRAINT "opportunity_lines_discount_check" CHECK ("discount" IS NULL OR ("discount" >= 0 AND "discount_currency" IS NOT DISTINCT FROM "currency")),
  ADD CONSTRAINT "opportunity_lines_total_check" CHECK ("total" >= 0);
