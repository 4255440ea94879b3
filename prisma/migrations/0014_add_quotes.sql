-- CreateEnum
CREATE TYPE "QuoteStatus" AS ENUM ('DRAFT', 'IN_REVIEW', 'APPROVED', 'SENT', 'ACCEPTED', 'REJECTED', 'EXPIRED', 'SUPERSEDED', 'RECALLED');

-- AlterTable
ALTER TABLE "products" ADD COLUMN     "cost_amount" DECIMAL(20,4),
ADD COLUMN     "cost_currency" CHAR(3);

-- CreateTable
CREATE TABLE "record_numbers" (
    "workspace_id" UUID NOT NULL,
    "series" TEXT NOT NULL,
    "last" INTEGER NOT NULL,

    CONSTRAINT "record_numbers_pkey" PRIMARY KEY ("workspace_id","series")
);

-- CreateTable
CREATE TABLE "quotes" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "opportunity_id" UUID NOT NULL,
    "account_id" UUID,
    "owner_id" UUID,
    "contact_id" UUID,
    "status" "QuoteStatus" NOT NULL DEFAULT 'DRAFT',
    "is_primary" BOOLEAN NOT NULL DEFAULT false,
    "valid_until" DATE,
    "currency" CHAR(3) NOT NULL,
    "discount_percent" DECIMAL(7,4),
    "subtotal" DECIMAL(20,4) NOT NULL DEFAULT 0,
    "discount" DECIMAL(20,4) NOT NULL DEFAULT 0,
    "tax" DECIMAL(20,4) NOT NULL DEFAULT 0,
    "total" DECIMAL(20,4) NOT NULL DEFAULT 0,
    "total_discount_percent" DECIMAL(30,4),
    "margin_percent" DECIMAL(30,4),
    "terms" TEXT,
    "notes" TEXT,
    "content_hash" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "version_number" INTEGER,
    "sent_at" TIMESTAMPTZ(3),
    "accepted_at" TIMESTAMPTZ(3),
    "accepted_by" TEXT,
    "declined_at" TIMESTAMPTZ(3),
    "status_reason" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    "search_text" TEXT NOT NULL GENERATED ALWAYS AS (
        rapport_fold("number" || ' ' || "name")
    ) STORED,

    CONSTRAINT "quotes_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "quote_lines" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "quote_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "group_name" TEXT,
    "description" TEXT,
    "quantity" DECIMAL(20,4) NOT NULL,
    "unit_price" DECIMAL(20,4) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "discount_percent" DECIMAL(7,4),
    "tax_percent" DECIMAL(7,4),
    "amount" DECIMAL(20,4) NOT NULL,
    "total" DECIMAL(20,4) NOT NULL,
    "net" DECIMAL(20,4) NOT NULL,
    "tax" DECIMAL(20,4) NOT NULL,
    "list_price" DECIMAL(20,4),
    "unit_cost" DECIMAL(20,4),
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "quote_lines_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "quote_line_groups" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "quote_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "discount_percent" DECIMAL(7,4),
    "currency" CHAR(3) NOT NULL,
    "subtotal" DECIMAL(20,4) NOT NULL,
    "discount" DECIMAL(20,4) NOT NULL,
    "total" DECIMAL(20,4) NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "quote_line_groups_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "quote_versions" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "quote_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "content" JSONB NOT NULL,
    "content_hash" TEXT NOT NULL,
    "valid_until" DATE NOT NULL,
    "total" DECIMAL(20,4) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_by_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,

    CONSTRAINT "quote_versions_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE INDEX "quotes_workspace_id_opportunity_id_id_idx" ON "quotes"("workspace_id", "opportunity_id", "id");

-- CreateIndex
CREATE INDEX "quotes_workspace_id_account_id_id_idx" ON "quotes"("workspace_id", "account_id", "id");

-- CreateIndex
CREATE INDEX "quotes_workspace_id_owner_id_id_idx" ON "quotes"("workspace_id", "owner_id", "id");

-- CreateIndex
CREATE INDEX "quotes_workspace_id_contact_id_idx" ON "quotes"("workspace_id", "contact_id");

-- CreateIndex
CREATE INDEX "quotes_workspace_id_created_at_id_idx" ON "quotes"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "quotes_workspace_id_number_id_idx" ON "quotes"("workspace_id", "number", "id");

-- CreateIndex
CREATE INDEX "quotes_workspace_id_status_valid_until_id_idx" ON "quotes"("workspace_id", "status", "valid_until", "id");

-- CreateIndex
CREATE INDEX "quote_lines_workspace_id_quote_id_position_idx" ON "quote_lines"("workspace_id", "quote_id", "position");

-- CreateIndex
CREATE INDEX "quote_lines_workspace_id_product_id_idx" ON "quote_lines"("workspace_id", "product_id");

-- CreateIndex
CREATE UNIQUE INDEX "quote_line_groups_workspace_id_quote_id_name_key" ON "quote_line_groups"("workspace_id", "quote_id", "name");

-- CreateIndex
CREATE INDEX "quote_versions_workspace_id_contact_id_idx" ON "quote_versions"("workspace_id", "contact_id");

-- CreateIndex
CREATE UNIQUE INDEX "quote_versions_workspace_id_quote_id_number_key" ON "quote_versions"("workspace_id", "quote_id", "number");

-- AddForeignKey
ALTER TABLE "record_numbers" ADD CONSTRAINT "record_numbers_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_workspace_id_opportunity_id_fkey" FOREIGN KEY ("workspace_id", "opportunity_id") REFERENCES "opportunities"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_workspace_id_account_id_fkey" FOREIGN KEY ("workspace_id", "account_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_workspace_id_owner_id_fkey" FOREIGN KEY ("workspace_id", "owner_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_workspace_id_contact_id_fkey" FOREIGN KEY ("workspace_id", "contact_id") REFERENCES "contacts"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quote_lines" ADD CONSTRAINT "quote_lines_workspace_id_quote_id_fkey" FOREIGN KEY ("workspace_id", "quote_id") REFERENCES "quotes"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quote_lines" ADD CONSTRAINT "quote_lines_workspace_id_product_id_fkey" FOREIGN KEY ("workspace_id", "product_id") REFERENCES "products"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quote_line_groups" ADD CONSTRAINT "quote_line_groups_workspace_id_quote_id_fkey" FOREIGN KEY ("workspace_id", "quote_id") REFERENCES "quotes"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quote_versions" ADD CONSTRAINT "quote_versions_workspace_id_quote_id_fkey" FOREIGN KEY ("workspace_id", "quote_id") REFERENCES "quotes"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quote_versions" ADD CONSTRAINT "quote_versions_workspace_id_sent_by_id_fkey" FOREIGN KEY ("workspace_id", "sent_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quote_versions" ADD CONSTRAINT "quote_versions_workspace_id_contact_id_fkey" FOREIGN KEY ("workspace_id", "contact_id") REFERENCES "contacts"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- RowLevelSecurity
ALTER TABLE "record_numbers" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "record_numbers"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "record_numbers" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "quotes" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "quotes"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "quotes" TO rapport_app;

-- Search
CREATE INDEX "quotes_words_idx" ON "quotes" USING gin ("workspace_id", rapport_words("search_text"));
CREATE INDEX "quotes_likeness_idx" ON "quotes"
  USING gin ("workspace_id", rapport_head("search_text") gin_trgm_ops);
CREATE FUNCTION "quotes_search"(query text) RETURNS TABLE (id uuid, rank float8)
  LANGUAGE sql STABLE PARALLEL SAFE STRICT SECURITY DEFINER ROWS 100
  SET search_path = pg_catalog, public, pg_temp
  SET pg_trgm.word_similarity_threshold = 0.5
AS $$ SELECT * FROM rapport_search('"quotes"', query) $$;
REVOKE EXECUTE ON FUNCTION "quotes_search"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "quotes_search"(text) TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "quote_lines" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "quote_lines"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "quote_lines" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "quote_line_groups" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "quote_line_groups"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "quote_line_groups" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "quote_versions" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "quote_versions"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
-- A version never changes: it is what the customer got.
GRANT SELECT, INSERT ON "quote_versions" TO rapport_app;

CREATE UNIQUE INDEX "quotes_number_key" ON "quotes"("workspace_id", "number");
CREATE UNIQUE INDEX "quotes_primary_key" ON "quotes"("workspace_id", "opportunity_id") WHERE "is_primary" AND "deleted_at" IS NULL;

ALTER TABLE "products"
  ADD CONSTRAINT "products_cost_check" CHECK ("cost_amount" IS NULL OR "cost_currency" IS NOT NULL),
  ADD CONSTRAINT "products_cost_amount_check" CHECK ("cost_amount" >= 0);

ALTER TABLE "quotes"
  ADD CONSTRAINT "quotes_discount_percent_check" CHECK ("discount_percent" BETWEEN 0 AND 100),
  ADD CONSTRAINT "quotes_total_check" CHECK ("total" = "subtotal" - "discount" + "tax");

ALTER TABLE "quote_lines"
  ADD CONSTRAINT "quote_lines_quantity_check" CHECK ("quantity" > 0),
  ADD CONSTRAINT "quote_lines_unit_price_check" CHECK ("unit_price" >= 0),
  ADD CONSTRAINT "quote_lines_net_check" CHECK ("net" BETWEEN 0 AND "total" AND "total" <= "amount");

-- Not even the owner of the table changes what was sent; a workspace that is deleted takes its versions with it.
CREATE FUNCTION quote_versions_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A version of a quote never changes.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "quote_versions_stay" BEFORE UPDATE ON "quote_versions"
  FOR EACH ROW EXECUTE FUNCTION quote_versions_stay();
