-- CreateTable
CREATE TABLE "h5_notes" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "is_pinned" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID,
    "updated_by_id" UUID,

    CONSTRAINT "h5_notes_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE INDEX "h5_notes_workspace_id_account_id_id_idx" ON "h5_notes"("workspace_id", "account_id", "id");

-- AddForeignKey
ALTER TABLE "h5_notes" ADD CONSTRAINT "h5_notes_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "h5_notes" ADD CONSTRAINT "h5_notes_workspace_id_account_id_fkey" FOREIGN KEY ("workspace_id", "account_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "h5_notes" ADD CONSTRAINT "h5_notes_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("created_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "h5_notes" ADD CONSTRAINT "h5_notes_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("updated_by_id") ON UPDATE CASCADE;

-- RowLevelSecurity
ALTER TABLE "h5_notes" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "h5_notes"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "h5_notes" TO rapport_app;
