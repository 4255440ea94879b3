-- CreateTable
CREATE TABLE "proposal_templates" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "locale" TEXT NOT NULL DEFAULT 'en',
    "color" TEXT NOT NULL DEFAULT '#1f4e79',
    "logo" TEXT,
    "seller_name" TEXT,
    "seller_lines" TEXT,
    "introduction" TEXT,
    "terms" TEXT,
    "footer" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "proposal_templates_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE INDEX "proposal_templates_workspace_id_created_at_id_idx" ON "proposal_templates"("workspace_id", "created_at", "id");

-- AddForeignKey
ALTER TABLE "proposal_templates" ADD CONSTRAINT "proposal_templates_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "proposal_templates" ADD CONSTRAINT "proposal_templates_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "proposal_templates" ADD CONSTRAINT "proposal_templates_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- RowLevelSecurity
ALTER TABLE "proposal_templates" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "proposal_templates"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "proposal_templates" TO rapport_app;

-- One template of a workspace is the default. Names are unique among templates that are not deleted.
CREATE UNIQUE INDEX "proposal_templates_workspace_id_is_default_key" ON "proposal_templates"("workspace_id") WHERE "is_default" AND "deleted_at" IS NULL;
CREATE UNIQUE INDEX "proposal_templates_workspace_id_name_key" ON "proposal_templates"("workspace_id", "name") WHERE "deleted_at" IS NULL;
