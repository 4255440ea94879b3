CREATE TABLE "ledger_lines" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "ledger_lines_pkey" PRIMARY KEY ("workspace_id","id")
);
ALTER TABLE "ledger_lines" ADD CONSTRAINT "ledger_lines_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ledger_lines" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "ledger_lines"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "ledger_lines" TO rapport_app;
