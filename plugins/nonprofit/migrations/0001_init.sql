-- CreateEnum
CREATE TYPE "nonprofit_gift_method" AS ENUM ('CASH', 'CHECK', 'CARD', 'BANK_TRANSFER', 'DIRECT_DEBIT', 'IN_KIND', 'SECURITIES', 'OTHER');

-- CreateEnum
CREATE TYPE "nonprofit_gift_status" AS ENUM ('RECEIVED', 'ACKNOWLEDGED', 'REFUNDED');

-- CreateTable
CREATE TABLE "nonprofit_funds" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "description" TEXT,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID,
    "updated_by_id" UUID,

    CONSTRAINT "nonprofit_funds_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "nonprofit_gifts" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "amount" DECIMAL(20,4) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "received_on" DATE NOT NULL,
    "method" "nonprofit_gift_method" NOT NULL,
    "status" "nonprofit_gift_status" NOT NULL DEFAULT 'RECEIVED',
    "acknowledged_on" DATE,
    "refunded_on" DATE,
    "reference" TEXT,
    "note" TEXT,
    "contact_id" UUID,
    "account_id" UUID,
    "donor_type" TEXT GENERATED ALWAYS AS (
        CASE WHEN "contact_id" IS NOT NULL THEN 'Contact' WHEN "account_id" IS NOT NULL THEN 'Account' END
    ) STORED,
    "donor_id" UUID GENERATED ALWAYS AS (coalesce("contact_id", "account_id")) STORED,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID,
    "updated_by_id" UUID,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "nonprofit_gifts_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "nonprofit_gift_allocations" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "gift_id" UUID NOT NULL,
    "fund_id" UUID NOT NULL,
    "amount" DECIMAL(20,4) NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "nonprofit_gift_allocations_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "nonprofit_constituents" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "is_deceased" BOOLEAN NOT NULL DEFAULT false,
    "deceased_on" DATE,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID,
    "updated_by_id" UUID,

    CONSTRAINT "nonprofit_constituents_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE INDEX "nonprofit_funds_workspace_id_name_id_idx" ON "nonprofit_funds"("workspace_id", "name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "nonprofit_funds_workspace_id_code_key" ON "nonprofit_funds"("workspace_id", "code");

-- CreateIndex
CREATE INDEX "nonprofit_gifts_workspace_id_contact_id_received_on_id_idx" ON "nonprofit_gifts"("workspace_id", "contact_id", "received_on", "id");

-- CreateIndex
CREATE INDEX "nonprofit_gifts_workspace_id_account_id_received_on_id_idx" ON "nonprofit_gifts"("workspace_id", "account_id", "received_on", "id");

-- CreateIndex
CREATE INDEX "nonprofit_gifts_workspace_id_received_on_id_idx" ON "nonprofit_gifts"("workspace_id", "received_on", "id");

-- CreateIndex
CREATE INDEX "nonprofit_gifts_workspace_id_created_at_id_idx" ON "nonprofit_gifts"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "nonprofit_gifts_workspace_id_reference_key" ON "nonprofit_gifts"("workspace_id", "reference");

-- CreateIndex
CREATE INDEX "nonprofit_gift_allocations_workspace_id_gift_id_idx" ON "nonprofit_gift_allocations"("workspace_id", "gift_id");

-- CreateIndex
CREATE INDEX "nonprofit_gift_allocations_workspace_id_fund_id_idx" ON "nonprofit_gift_allocations"("workspace_id", "fund_id");

-- CreateIndex
CREATE INDEX "nonprofit_constituents_workspace_id_created_at_id_idx" ON "nonprofit_constituents"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "nonprofit_constituents_workspace_id_contact_id_key" ON "nonprofit_constituents"("workspace_id", "contact_id");

-- AddForeignKey
ALTER TABLE "nonprofit_funds" ADD CONSTRAINT "nonprofit_funds_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nonprofit_funds" ADD CONSTRAINT "nonprofit_funds_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("created_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nonprofit_funds" ADD CONSTRAINT "nonprofit_funds_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("updated_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nonprofit_gifts" ADD CONSTRAINT "nonprofit_gifts_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nonprofit_gifts" ADD CONSTRAINT "nonprofit_gifts_workspace_id_contact_id_fkey" FOREIGN KEY ("workspace_id", "contact_id") REFERENCES "contacts"("workspace_id", "id") ON DELETE SET NULL ("contact_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nonprofit_gifts" ADD CONSTRAINT "nonprofit_gifts_workspace_id_account_id_fkey" FOREIGN KEY ("workspace_id", "account_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE SET NULL ("account_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nonprofit_gifts" ADD CONSTRAINT "nonprofit_gifts_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("created_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nonprofit_gifts" ADD CONSTRAINT "nonprofit_gifts_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("updated_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nonprofit_gift_allocations" ADD CONSTRAINT "nonprofit_gift_allocations_workspace_id_gift_id_fkey" FOREIGN KEY ("workspace_id", "gift_id") REFERENCES "nonprofit_gifts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nonprofit_gift_allocations" ADD CONSTRAINT "nonprofit_gift_allocations_workspace_id_fund_id_fkey" FOREIGN KEY ("workspace_id", "fund_id") REFERENCES "nonprofit_funds"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "nonprofit_constituents" ADD CONSTRAINT "nonprofit_constituents_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nonprofit_constituents" ADD CONSTRAINT "nonprofit_constituents_workspace_id_contact_id_fkey" FOREIGN KEY ("workspace_id", "contact_id") REFERENCES "contacts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nonprofit_constituents" ADD CONSTRAINT "nonprofit_constituents_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("created_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nonprofit_constituents" ADD CONSTRAINT "nonprofit_constituents_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("updated_by_id") ON UPDATE CASCADE;

-- RowLevelSecurity
ALTER TABLE "nonprofit_funds" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "nonprofit_funds"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "nonprofit_funds" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "nonprofit_gifts" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "nonprofit_gifts"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "nonprofit_gifts" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "nonprofit_gift_allocations" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "nonprofit_gift_allocations"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "nonprofit_gift_allocations" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "nonprofit_constituents" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "nonprofit_constituents"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "nonprofit_constituents" TO rapport_app;

-- What rules say to people, the database holds to as well. A donor who was erased leaves a gift without one.
ALTER TABLE "nonprofit_gifts" ADD CONSTRAINT "nonprofit_gifts_amount_check" CHECK ("amount" > 0);
ALTER TABLE "nonprofit_gifts" ADD CONSTRAINT "nonprofit_gifts_donor_check" CHECK (num_nonnulls("contact_id", "account_id") <= 1);
ALTER TABLE "nonprofit_gift_allocations" ADD CONSTRAINT "nonprofit_gift_allocations_amount_check" CHECK ("amount" > 0);
ALTER TABLE "nonprofit_constituents" ADD CONSTRAINT "nonprofit_constituents_deceased_check" CHECK ("is_deceased" OR "deceased_on" IS NULL);
