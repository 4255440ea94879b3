-- CreateTable
CREATE TABLE "tally_entries" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "tally_entries_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "tally_marks" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "entry_id" UUID NOT NULL,
    "note" TEXT,

    CONSTRAINT "tally_marks_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "tally_entries_workspace_id_code_key" ON "tally_entries"("workspace_id", "code");

-- CreateIndex
CREATE INDEX "tally_marks_workspace_id_entry_id_idx" ON "tally_marks"("workspace_id", "entry_id");

-- AddForeignKey
ALTER TABLE "tally_entries" ADD CONSTRAINT "tally_entries_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tally_marks" ADD CONSTRAINT "tally_marks_workspace_id_entry_id_fkey" FOREIGN KEY ("workspace_id", "entry_id") REFERENCES "tally_entries"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- RowLevelSecurity
ALTER TABLE "tally_entries" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "tally_entries"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "tally_entries" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "tally_marks" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "tally_marks"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "tally_marks" TO rapport_app;
