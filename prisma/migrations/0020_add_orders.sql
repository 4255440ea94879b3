-- CreateEnum
CREATE TYPE "OrderStatus" AS ENUM ('CREATED', 'CONFIRMED', 'FULFILLED', 'CANCELLED');

-- CreateTable
CREATE TABLE "orders" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "status" "OrderStatus" NOT NULL DEFAULT 'CREATED',
    "opportunity_id" UUID NOT NULL,
    "account_id" UUID,
    "owner_id" UUID,
    "quote_id" UUID NOT NULL,
    "quote_version_number" INTEGER NOT NULL,
    "ordered_by" TEXT NOT NULL,
    "ordered_on" DATE NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "subtotal" DECIMAL(20,4) NOT NULL,
    "discount" DECIMAL(20,4) NOT NULL,
    "tax" DECIMAL(20,4) NOT NULL,
    "total" DECIMAL(20,4) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "fulfilled_at" TIMESTAMPTZ(3),
    "cancelled_at" TIMESTAMPTZ(3),
    "cancel_reason" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "search_text" TEXT NOT NULL GENERATED ALWAYS AS (
        rapport_fold("number" || ' ' || "ordered_by" || ' ' || coalesce("cancel_reason", ''))
    ) STORED,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "order_lines" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "product_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "group_name" TEXT,
    "description" TEXT,
    "quantity" DECIMAL(20,4) NOT NULL,
    "unit" TEXT,
    "currency" CHAR(3) NOT NULL,
    "unit_price" DECIMAL(20,4) NOT NULL,
    "discount_percent" DECIMAL(7,4),
    "tax_percent" DECIMAL(7,4),
    "total" DECIMAL(20,4) NOT NULL,
    "net" DECIMAL(20,4) NOT NULL,
    "tax" DECIMAL(20,4) NOT NULL,

    CONSTRAINT "order_lines_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE INDEX "orders_workspace_id_opportunity_id_id_idx" ON "orders"("workspace_id", "opportunity_id", "id");

-- CreateIndex
CREATE INDEX "orders_workspace_id_account_id_id_idx" ON "orders"("workspace_id", "account_id", "id");

-- CreateIndex
CREATE INDEX "orders_workspace_id_owner_id_id_idx" ON "orders"("workspace_id", "owner_id", "id");

-- CreateIndex
CREATE INDEX "orders_workspace_id_created_at_id_idx" ON "orders"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "orders_workspace_id_ordered_on_id_idx" ON "orders"("workspace_id", "ordered_on", "id");

-- CreateIndex
CREATE UNIQUE INDEX "orders_workspace_id_number_key" ON "orders"("workspace_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "orders_workspace_id_quote_id_key" ON "orders"("workspace_id", "quote_id");

-- CreateIndex
CREATE INDEX "order_lines_workspace_id_product_id_idx" ON "order_lines"("workspace_id", "product_id");

-- CreateIndex
CREATE UNIQUE INDEX "order_lines_workspace_id_order_id_position_key" ON "order_lines"("workspace_id", "order_id", "position");

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_workspace_id_opportunity_id_fkey" FOREIGN KEY ("workspace_id", "opportunity_id") REFERENCES "opportunities"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_workspace_id_account_id_fkey" FOREIGN KEY ("workspace_id", "account_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_workspace_id_owner_id_fkey" FOREIGN KEY ("workspace_id", "owner_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_workspace_id_quote_id_fkey" FOREIGN KEY ("workspace_id", "quote_id") REFERENCES "quotes"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_workspace_id_order_id_fkey" FOREIGN KEY ("workspace_id", "order_id") REFERENCES "orders"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_workspace_id_product_id_fkey" FOREIGN KEY ("workspace_id", "product_id") REFERENCES "products"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- RowLevelSecurity
ALTER TABLE "orders" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "orders"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
-- What was ordered never changes: only how far the order is.
GRANT SELECT, INSERT ON "orders" TO rapport_app;
GRANT UPDATE ("status", "confirmed_at", "fulfilled_at", "cancelled_at", "cancel_reason", "version", "updated_at", "updated_by_id")
  ON "orders" TO rapport_app;

-- Search
CREATE INDEX "orders_words_idx" ON "orders" USING gin ("workspace_id", rapport_words("search_text"));
CREATE INDEX "orders_likeness_idx" ON "orders"
  USING gin ("workspace_id", rapport_head("search_text") gin_trgm_ops);
CREATE FUNCTION "orders_search"(query text) RETURNS TABLE (id uuid, rank float8)
  LANGUAGE sql STABLE PARALLEL SAFE STRICT SECURITY DEFINER ROWS 100
  SET search_path = pg_catalog, public, pg_temp
  SET pg_trgm.word_similarity_threshold = 0.5
AS $$ SELECT * FROM rapport_search('"orders"', query) $$;
REVOKE EXECUTE ON FUNCTION "orders_search"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "orders_search"(text) TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "order_lines" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "order_lines"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT ON "order_lines" TO rapport_app;
