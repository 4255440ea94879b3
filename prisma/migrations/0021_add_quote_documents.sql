-- CreateTable
CREATE TABLE "quote_documents" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "quote_id" UUID NOT NULL,
    "proposal" JSONB NOT NULL,
    "bytes" BYTEA NOT NULL,
    "checksum" CHAR(64) NOT NULL,
    "byte_count" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "quote_documents_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE INDEX "quote_documents_workspace_id_quote_id_idx" ON "quote_documents"("workspace_id", "quote_id");

-- AddForeignKey
ALTER TABLE "quote_documents" ADD CONSTRAINT "quote_documents_workspace_id_id_fkey" FOREIGN KEY ("workspace_id", "id") REFERENCES "quote_versions"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quote_documents" ADD CONSTRAINT "quote_documents_workspace_id_quote_id_fkey" FOREIGN KEY ("workspace_id", "quote_id") REFERENCES "quotes"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- RowLevelSecurity
ALTER TABLE "quote_documents" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "quote_documents"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
-- A document never changes.
GRANT SELECT, INSERT ON "quote_documents" TO rapport_app;
