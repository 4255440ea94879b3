-- CreateEnum
CREATE TYPE "ExportFormat" AS ENUM ('CSV', 'JSON_LINES');

-- AlterEnum
ALTER TYPE "ChangeOperation" ADD VALUE 'EXPORTED';

-- CreateTable
CREATE TABLE "exports" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "actor_id" UUID NOT NULL,
    "token_hash" CHAR(64) NOT NULL,
    "format" "ExportFormat" NOT NULL,
    "order" JSONB NOT NULL,
    "credential" JSONB NOT NULL,
    "rights_version" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "exports_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "exports_token_hash_key" ON "exports"("token_hash");

-- CreateIndex
CREATE INDEX "exports_workspace_id_actor_id_idx" ON "exports"("workspace_id", "actor_id");

-- AddForeignKey
ALTER TABLE "exports" ADD CONSTRAINT "exports_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "exports" ADD CONSTRAINT "exports_workspace_id_actor_id_fkey" FOREIGN KEY ("workspace_id", "actor_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- RowLevelSecurity
ALTER TABLE "exports" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "exports"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "exports" TO rapport_app;
