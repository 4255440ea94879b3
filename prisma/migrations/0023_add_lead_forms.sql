-- AlterTable
ALTER TABLE "leads" ADD COLUMN     "consent_text" TEXT,
ADD COLUMN     "consented_at" TIMESTAMPTZ(3),
ADD COLUMN     "email_confirmed_at" TIMESTAMPTZ(3),
ADD COLUMN     "form_id" UUID,
ADD COLUMN     "is_confirmation_pending" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "lead_forms" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "key" TEXT NOT NULL,
    "source" "LeadSource" DEFAULT 'WEB',
    "fields" TEXT[] NOT NULL,
    "honeypot_field" TEXT,
    "consent_text" TEXT,
    "needs_confirmation" BOOLEAN NOT NULL DEFAULT false,
    "redirect_url" TEXT,
    "allowed_origins" TEXT[] DEFAULT ARRAY[]::TEXT[] NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "lead_forms_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "lead_confirmations" (
    "workspace_id" UUID NOT NULL,
    "lead_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "lead_confirmations_pkey" PRIMARY KEY ("workspace_id","lead_id")
);

-- CreateIndex
CREATE INDEX "leads_workspace_id_form_id_idx" ON "leads"("workspace_id", "form_id");

-- AddForeignKey
ALTER TABLE "leads" ADD CONSTRAINT "leads_workspace_id_form_id_fkey" FOREIGN KEY ("workspace_id", "form_id") REFERENCES "lead_forms"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "lead_forms" ADD CONSTRAINT "lead_forms_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead_forms" ADD CONSTRAINT "lead_forms_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "lead_forms" ADD CONSTRAINT "lead_forms_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "lead_confirmations" ADD CONSTRAINT "lead_confirmations_workspace_id_lead_id_fkey" FOREIGN KEY ("workspace_id", "lead_id") REFERENCES "leads"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- RowLevelSecurity
ALTER TABLE "lead_forms" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "lead_forms"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "lead_forms" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "lead_confirmations" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "lead_confirmations"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "lead_confirmations" TO rapport_app;

-- Constraints
CREATE UNIQUE INDEX "lead_forms_workspace_id_name_key" ON "lead_forms"("workspace_id", "name") WHERE "deleted_at" IS NULL;

-- A visitor names no workspace.
CREATE UNIQUE INDEX "lead_forms_key_key" ON "lead_forms"("key");

CREATE UNIQUE INDEX "lead_confirmations_token_hash_key" ON "lead_confirmations"("token_hash");
