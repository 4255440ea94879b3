-- CreateEnum
CREATE TYPE "ecommerce_cart_status" AS ENUM ('OPEN', 'ABANDONED', 'RECOVERED', 'COMPLETED', 'EXPIRED');

-- CreateEnum
CREATE TYPE "ecommerce_rescue_stop_reason" AS ENUM ('COMPLETED', 'REPLIED', 'OPTED_OUT', 'BOUGHT_LATER', 'MAXIMUM_REACHED', 'EXPIRED', 'REFUSED', 'MANUAL');

-- CreateTable
CREATE TABLE "ecommerce_carts" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "store" TEXT NOT NULL DEFAULT 'web',
    "source_id" TEXT NOT NULL,
    "contact_id" UUID,
    "email" TEXT,
    "total_amount" DECIMAL(20,4),
    "total_currency" CHAR(3),
    "recovery_url" TEXT,
    "status" "ecommerce_cart_status" NOT NULL DEFAULT 'OPEN',
    "last_activity_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "abandoned_at" TIMESTAMPTZ(3),
    "rescue_count" INTEGER NOT NULL DEFAULT 0,
    "first_rescue_at" TIMESTAMPTZ(3),
    "next_rescue_at" TIMESTAMPTZ(3),
    "rescue_stop_reason" "ecommerce_rescue_stop_reason",
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID,
    "updated_by_id" UUID,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "ecommerce_carts_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "ecommerce_cart_items" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "cart_id" UUID NOT NULL,
    "sku" TEXT,
    "title" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL DEFAULT 1,
    "unit_price" DECIMAL(20,4),
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "ecommerce_cart_items_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "ecommerce_rescue_messages" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "cart_id" UUID,
    "step" INTEGER NOT NULL DEFAULT 1,
    "coupon_code" TEXT,

    CONSTRAINT "ecommerce_rescue_messages_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "ecommerce_rescue_opt_outs" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "contact_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID,
    "updated_by_id" UUID,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "ecommerce_rescue_opt_outs_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE INDEX "ecommerce_carts_workspace_id_contact_id_last_activity_at_id_idx" ON "ecommerce_carts"("workspace_id", "contact_id", "last_activity_at", "id");

-- CreateIndex
CREATE INDEX "ecommerce_carts_workspace_id_status_last_activity_at_idx" ON "ecommerce_carts"("workspace_id", "status", "last_activity_at");

-- CreateIndex
CREATE INDEX "ecommerce_carts_workspace_id_next_rescue_at_idx" ON "ecommerce_carts"("workspace_id", "next_rescue_at");

-- CreateIndex
CREATE INDEX "ecommerce_carts_workspace_id_email_idx" ON "ecommerce_carts"("workspace_id", "email");

-- CreateIndex
CREATE INDEX "ecommerce_carts_workspace_id_created_at_id_idx" ON "ecommerce_carts"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "ecommerce_carts_workspace_id_store_source_id_key" ON "ecommerce_carts"("workspace_id", "store", "source_id");

-- CreateIndex
CREATE INDEX "ecommerce_cart_items_workspace_id_cart_id_idx" ON "ecommerce_cart_items"("workspace_id", "cart_id");

-- CreateIndex
CREATE INDEX "ecommerce_rescue_messages_workspace_id_cart_id_idx" ON "ecommerce_rescue_messages"("workspace_id", "cart_id");

-- CreateIndex
CREATE INDEX "ecommerce_rescue_opt_outs_workspace_id_email_idx" ON "ecommerce_rescue_opt_outs"("workspace_id", "email");

-- CreateIndex
CREATE INDEX "ecommerce_rescue_opt_outs_workspace_id_created_at_id_idx" ON "ecommerce_rescue_opt_outs"("workspace_id", "created_at", "id");

-- AddForeignKey
ALTER TABLE "ecommerce_carts" ADD CONSTRAINT "ecommerce_carts_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ecommerce_carts" ADD CONSTRAINT "ecommerce_carts_workspace_id_contact_id_fkey" FOREIGN KEY ("workspace_id", "contact_id") REFERENCES "contacts"("workspace_id", "id") ON DELETE SET NULL ("contact_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ecommerce_carts" ADD CONSTRAINT "ecommerce_carts_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("created_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ecommerce_carts" ADD CONSTRAINT "ecommerce_carts_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("updated_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ecommerce_cart_items" ADD CONSTRAINT "ecommerce_cart_items_workspace_id_cart_id_fkey" FOREIGN KEY ("workspace_id", "cart_id") REFERENCES "ecommerce_carts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ecommerce_rescue_messages" ADD CONSTRAINT "ecommerce_rescue_messages_workspace_id_id_fkey" FOREIGN KEY ("workspace_id", "id") REFERENCES "interactions"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ecommerce_rescue_messages" ADD CONSTRAINT "ecommerce_rescue_messages_workspace_id_cart_id_fkey" FOREIGN KEY ("workspace_id", "cart_id") REFERENCES "ecommerce_carts"("workspace_id", "id") ON DELETE SET NULL ("cart_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ecommerce_rescue_opt_outs" ADD CONSTRAINT "ecommerce_rescue_opt_outs_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ecommerce_rescue_opt_outs" ADD CONSTRAINT "ecommerce_rescue_opt_outs_workspace_id_contact_id_fkey" FOREIGN KEY ("workspace_id", "contact_id") REFERENCES "contacts"("workspace_id", "id") ON DELETE SET NULL ("contact_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ecommerce_rescue_opt_outs" ADD CONSTRAINT "ecommerce_rescue_opt_outs_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("created_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ecommerce_rescue_opt_outs" ADD CONSTRAINT "ecommerce_rescue_opt_outs_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("updated_by_id") ON UPDATE CASCADE;

-- RowLevelSecurity
ALTER TABLE "ecommerce_carts" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "ecommerce_carts"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "ecommerce_carts" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "ecommerce_cart_items" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "ecommerce_cart_items"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "ecommerce_cart_items" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "ecommerce_rescue_messages" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "ecommerce_rescue_messages"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "ecommerce_rescue_messages" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "ecommerce_rescue_opt_outs" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "ecommerce_rescue_opt_outs"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "ecommerce_rescue_opt_outs" TO rapport_app;

-- One opt-out for an address, as long as it holds.
CREATE UNIQUE INDEX "ecommerce_rescue_opt_outs_email_key" ON "ecommerce_rescue_opt_outs"("workspace_id", "email")
  WHERE "deleted_at" IS NULL;
