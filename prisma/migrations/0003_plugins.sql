-- CreateEnum
CREATE TYPE "PluginState" AS ENUM ('INSTALLING', 'INSTALLED', 'UPGRADING', 'REMOVING', 'KEPT');

-- AlterEnum
ALTER TYPE "ActorKind" ADD VALUE 'PLUGIN';

-- CreateTable
CREATE TABLE "installed_plugins" (
    "id" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "state" "PluginState" NOT NULL,
    "permissions" TEXT[] NOT NULL,
    "reads" TEXT[] NOT NULL,
    "schema" TEXT NOT NULL DEFAULT '',
    "settings" JSONB NOT NULL DEFAULT '{}',
    "installed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "installed_plugins_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plugin_activations" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "plugin_id" TEXT NOT NULL,
    "is_enabled" BOOLEAN NOT NULL DEFAULT false,
    "actor_id" UUID NOT NULL,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "secrets" JSONB NOT NULL DEFAULT '{}',
    "disabled_rules" TEXT[] NOT NULL,
    "seeds" TEXT[] NOT NULL,
    "strikes" INTEGER NOT NULL DEFAULT 0,
    "last_strike_at" TIMESTAMPTZ(3),
    "quarantined_at" TIMESTAMPTZ(3),
    "quarantine_reason" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plugin_activations_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "plugin_handlers" (
    "workspace_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "xid" BIGINT NOT NULL,
    "seq" BIGINT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "retry_at" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plugin_handlers_pkey" PRIMARY KEY ("workspace_id","name")
);

-- CreateTable
CREATE TABLE "plugin_dead_letters" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "handler" TEXT NOT NULL,
    "xid" BIGINT NOT NULL,
    "seq" BIGINT NOT NULL,
    "error" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plugin_dead_letters_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "plugin_activations_workspace_id_plugin_id_key" ON "plugin_activations"("workspace_id", "plugin_id");

-- CreateIndex
CREATE INDEX "plugin_dead_letters_workspace_id_handler_id_idx" ON "plugin_dead_letters"("workspace_id", "handler", "id");

-- AddForeignKey
ALTER TABLE "plugin_activations" ADD CONSTRAINT "plugin_activations_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plugin_activations" ADD CONSTRAINT "plugin_activations_workspace_id_actor_id_fkey" FOREIGN KEY ("workspace_id", "actor_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "plugin_handlers" ADD CONSTRAINT "plugin_handlers_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plugin_dead_letters" ADD CONSTRAINT "plugin_dead_letters_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- RowLevelSecurity
ALTER TABLE "installed_plugins" ENABLE ROW LEVEL SECURITY;

-- RowLevelSecurity
ALTER TABLE "plugin_activations" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "plugin_activations"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "plugin_activations" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "plugin_handlers" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "plugin_handlers"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "plugin_handlers" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "plugin_dead_letters" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "plugin_dead_letters"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "plugin_dead_letters" TO rapport_app;

-- Who reads everything may also see which plugins there are; only those who may do all switch them.
UPDATE "roles" SET "permissions" = array_append("permissions", 'plugin:read')
  WHERE "permissions" @> ARRAY['*:read', 'user:read'] AND NOT "permissions" @> ARRAY['plugin:read'];
