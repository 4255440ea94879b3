-- CreateEnum
CREATE TYPE "ProductKind" AS ENUM ('GOODS', 'SERVICE', 'BUNDLE');

-- CreateEnum
CREATE TYPE "ProductConstraintKind" AS ENUM ('REQUIRES', 'EXCLUDES');

-- CreateTable
CREATE TABLE "products" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "family" TEXT,
    "kind" "ProductKind" NOT NULL DEFAULT 'GOODS',
    "unit" TEXT,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "description" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    "search_text" TEXT NOT NULL GENERATED ALWAYS AS (
        rapport_fold("name" || ' ' || "sku" || ' ' || coalesce("family", ''))
    ) STORED,

    CONSTRAINT "products_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "product_option_groups" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "minimum" INTEGER NOT NULL DEFAULT 0,
    "maximum" INTEGER,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "product_option_groups_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "product_options" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "bundle_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "group_name" TEXT,
    "is_required" BOOLEAN NOT NULL DEFAULT false,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "default_quantity" DECIMAL(20,4) NOT NULL DEFAULT 1,
    "minimum_quantity" DECIMAL(20,4),
    "maximum_quantity" DECIMAL(20,4),
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "product_options_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "product_constraints" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "kind" "ProductConstraintKind" NOT NULL,
    "other_id" UUID NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "product_constraints_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "price_books" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "valid_from" DATE,
    "valid_to" DATE,
    "description" TEXT,
    "parent_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "price_books_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "price_book_entries" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "price_book_id" UUID NOT NULL,
    "unit_price_amount" DECIMAL(20,4) NOT NULL,
    "unit_price_currency" CHAR(3) NOT NULL,
    "minimum_quantity" DECIMAL(20,4) NOT NULL DEFAULT 0,
    "valid_from" DATE,
    "valid_to" DATE,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "price_book_entries_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "account_price_books" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "price_book_id" UUID NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "account_price_books_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE INDEX "products_workspace_id_name_id_idx" ON "products"("workspace_id", "name", "id");

-- CreateIndex
CREATE INDEX "products_workspace_id_created_at_id_idx" ON "products"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "products_workspace_id_family_name_id_idx" ON "products"("workspace_id", "family", "name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "product_option_groups_workspace_id_product_id_name_key" ON "product_option_groups"("workspace_id", "product_id", "name");

-- CreateIndex
CREATE INDEX "product_options_workspace_id_product_id_idx" ON "product_options"("workspace_id", "product_id");

-- CreateIndex
CREATE UNIQUE INDEX "product_options_workspace_id_bundle_id_product_id_key" ON "product_options"("workspace_id", "bundle_id", "product_id");

-- CreateIndex
CREATE INDEX "product_constraints_workspace_id_other_id_idx" ON "product_constraints"("workspace_id", "other_id");

-- CreateIndex
CREATE UNIQUE INDEX "product_constraints_workspace_id_product_id_other_id_key" ON "product_constraints"("workspace_id", "product_id", "other_id");

-- CreateIndex
CREATE INDEX "price_books_workspace_id_name_id_idx" ON "price_books"("workspace_id", "name", "id");

-- CreateIndex
CREATE INDEX "price_books_workspace_id_created_at_id_idx" ON "price_books"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "price_books_workspace_id_parent_id_idx" ON "price_books"("workspace_id", "parent_id");

-- CreateIndex
CREATE INDEX "price_book_entries_workspace_id_created_at_id_idx" ON "price_book_entries"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "price_book_entries_workspace_id_product_id_price_book_id_mi_idx" ON "price_book_entries"("workspace_id", "product_id", "price_book_id", "minimum_quantity");

-- CreateIndex
CREATE INDEX "price_book_entries_workspace_id_price_book_id_idx" ON "price_book_entries"("workspace_id", "price_book_id");

-- CreateIndex
CREATE INDEX "account_price_books_workspace_id_created_at_id_idx" ON "account_price_books"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "account_price_books_workspace_id_price_book_id_idx" ON "account_price_books"("workspace_id", "price_book_id");

-- AddForeignKey
ALTER TABLE "products" ADD CONSTRAINT "products_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "products" ADD CONSTRAINT "products_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "products" ADD CONSTRAINT "products_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "product_option_groups" ADD CONSTRAINT "product_option_groups_workspace_id_product_id_fkey" FOREIGN KEY ("workspace_id", "product_id") REFERENCES "products"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product_options" ADD CONSTRAINT "product_options_workspace_id_bundle_id_fkey" FOREIGN KEY ("workspace_id", "bundle_id") REFERENCES "products"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product_options" ADD CONSTRAINT "product_options_workspace_id_product_id_fkey" FOREIGN KEY ("workspace_id", "product_id") REFERENCES "products"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product_constraints" ADD CONSTRAINT "product_constraints_workspace_id_product_id_fkey" FOREIGN KEY ("workspace_id", "product_id") REFERENCES "products"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product_constraints" ADD CONSTRAINT "product_constraints_workspace_id_other_id_fkey" FOREIGN KEY ("workspace_id", "other_id") REFERENCES "products"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "price_books" ADD CONSTRAINT "price_books_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "price_books" ADD CONSTRAINT "price_books_workspace_id_parent_id_fkey" FOREIGN KEY ("workspace_id", "parent_id") REFERENCES "price_books"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "price_books" ADD CONSTRAINT "price_books_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "price_books" ADD CONSTRAINT "price_books_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "price_book_entries" ADD CONSTRAINT "price_book_entries_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "price_book_entries" ADD CONSTRAINT "price_book_entries_workspace_id_product_id_fkey" FOREIGN KEY ("workspace_id", "product_id") REFERENCES "products"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "price_book_entries" ADD CONSTRAINT "price_book_entries_workspace_id_price_book_id_fkey" FOREIGN KEY ("workspace_id", "price_book_id") REFERENCES "price_books"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "price_book_entries" ADD CONSTRAINT "price_book_entries_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "price_book_entries" ADD CONSTRAINT "price_book_entries_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "account_price_books" ADD CONSTRAINT "account_price_books_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account_price_books" ADD CONSTRAINT "account_price_books_workspace_id_account_id_fkey" FOREIGN KEY ("workspace_id", "account_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "account_price_books" ADD CONSTRAINT "account_price_books_workspace_id_price_book_id_fkey" FOREIGN KEY ("workspace_id", "price_book_id") REFERENCES "price_books"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "account_price_books" ADD CONSTRAINT "account_price_books_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "account_price_books" ADD CONSTRAINT "account_price_books_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- RowLevelSecurity
ALTER TABLE "products" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "products"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "products" TO rapport_app;

-- Search
CREATE INDEX "products_words_idx" ON "products" USING gin ("workspace_id", rapport_words("search_text"));
CREATE INDEX "products_likeness_idx" ON "products"
  USING gin ("workspace_id", rapport_head("search_text") gin_trgm_ops);
CREATE FUNCTION "products_search"(query text) RETURNS TABLE (id uuid, rank float8)
  LANGUAGE sql STABLE PARALLEL SAFE STRICT SECURITY DEFINER ROWS 100
  SET search_path = pg_catalog, public, pg_temp
  SET pg_trgm.word_similarity_threshold = 0.5
AS $$ SELECT * FROM rapport_search('"products"', query) $$;
REVOKE EXECUTE ON FUNCTION "products_search"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "products_search"(text) TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "product_option_groups" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "product_option_groups"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "product_option_groups" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "product_options" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "product_options"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "product_options" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "product_constraints" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "product_constraints"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "product_constraints" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "price_books" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "price_books"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "price_books" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "price_book_entries" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "price_book_entries"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "price_book_entries" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "account_price_books" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "account_price_books"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "account_price_books" TO rapport_app;

-- Constraints
-- The operators of uuid and numeric for the exclusion constraint.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE UNIQUE INDEX "products_workspace_id_sku_key" ON "products"("workspace_id", "sku") WHERE "deleted_at" IS NULL;

ALTER TABLE "product_option_groups"
  ADD CONSTRAINT "product_option_groups_counts_check" CHECK ("minimum" >= 0 AND "maximum" >= 1 AND "minimum" <= "maximum");

ALTER TABLE "product_options"
  ADD CONSTRAINT "product_options_quantities_check" CHECK (
    "default_quantity" > 0 AND "minimum_quantity" > 0
    AND "minimum_quantity" <= "default_quantity" AND "default_quantity" <= "maximum_quantity"
  );

ALTER TABLE "product_constraints" ADD CONSTRAINT "product_constraints_other_check" CHECK ("product_id" <> "other_id");

-- One default price book in a currency.
CREATE UNIQUE INDEX "price_books_default_key" ON "price_books"("workspace_id", "currency")
  WHERE "is_default" AND "deleted_at" IS NULL;

ALTER TABLE "price_books" ADD CONSTRAINT "price_books_valid_check" CHECK ("valid_from" <= "valid_to");

ALTER TABLE "price_book_entries"
  ADD CONSTRAINT "price_book_entries_unit_price_check" CHECK ("unit_price_amount" >= 0),
  ADD CONSTRAINT "price_book_entries_minimum_quantity_check" CHECK ("minimum_quantity" >= 0),
  ADD CONSTRAINT "price_book_entries_valid_check" CHECK ("valid_from" <= "valid_to"),
  -- On each day, one price of a product in a price book for a minimum quantity.
  ADD CONSTRAINT "price_book_entries_period_excl" EXCLUDE USING gist (
    "workspace_id" WITH =, "price_book_id" WITH =, "product_id" WITH =, "minimum_quantity" WITH =,
    daterange("valid_from", "valid_to", '[]') WITH &&
  ) WHERE ("deleted_at" IS NULL);

-- One price book of an account in a currency.
CREATE UNIQUE INDEX "account_price_books_account_key" ON "account_price_books"("workspace_id", "account_id", "currency")
  WHERE "deleted_at" IS NULL;
