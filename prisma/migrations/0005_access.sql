-- CreateEnum
CREATE TYPE "RecordAccess" AS ENUM ('READ', 'UPDATE', 'DELETE');

-- AlterEnum
ALTER TYPE "ChangeOperation" ADD VALUE 'READ';
ALTER TYPE "ChangeOperation" ADD VALUE 'REFUSED';
ALTER TYPE "ChangeOperation" ADD VALUE 'SIGNED_IN';
ALTER TYPE "ChangeOperation" ADD VALUE 'SIGN_IN_REFUSED';

-- DropIndex
DROP INDEX "roles_workspace_id_name_key";

-- AlterTable
ALTER TABLE "audit_entries" ADD COLUMN     "ip_address" TEXT,
ADD COLUMN     "mutation" TEXT,
ADD COLUMN     "permission" TEXT,
ADD COLUMN     "plugin" TEXT,
ADD COLUMN     "user_agent" TEXT,
ADD COLUMN     "xid" BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text)::bigint;

-- AlterTable
ALTER TABLE "workspaces" ADD COLUMN     "audit_retention_days" INTEGER,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "actors" ADD COLUMN     "created_by_id" UUID,
ADD COLUMN     "key_hint" TEXT,
ADD COLUMN     "scopes" TEXT[] NOT NULL DEFAULT ARRAY['*:*']::TEXT[],
ADD COLUMN     "updated_by_id" UUID;

-- AlterTable
ALTER TABLE "roles" ADD COLUMN     "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "created_by_id" UUID,
ADD COLUMN     "deleted_at" TIMESTAMPTZ(3),
ADD COLUMN     "description" TEXT,
ADD COLUMN     "parent_id" UUID,
ADD COLUMN     "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "updated_by_id" UUID,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "actor_roles" ADD COLUMN     "id" UUID NOT NULL DEFAULT gen_random_uuid(),
ADD COLUMN     "position" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "sharing_rules" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "object" TEXT NOT NULL,
    "filter" JSONB NOT NULL,
    "access" "RecordAccess" NOT NULL DEFAULT 'READ',
    "role_id" UUID,
    "team_id" UUID,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "sharing_rules_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "record_grants" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "record_type" TEXT NOT NULL,
    "record_id" UUID NOT NULL,
    "access" "RecordAccess" NOT NULL DEFAULT 'READ',
    "user_id" UUID,
    "team_id" UUID,
    "role_id" UUID,
    "expires_at" TIMESTAMPTZ(3),
    "reason" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "record_grants_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "identity_providers" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "audiences" TEXT[] NOT NULL,
    "algorithms" TEXT[] NOT NULL DEFAULT ARRAY['RS256', 'PS256', 'ES256', 'EdDSA']::TEXT[],
    "email_claim" TEXT NOT NULL DEFAULT 'email',
    "roles_claim" TEXT,
    "creates_users" BOOLEAN NOT NULL DEFAULT false,
    "default_role_id" UUID,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "identity_providers_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "identity_provider_roles" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "identity_provider_id" UUID NOT NULL,
    "group_name" TEXT NOT NULL,
    "role_id" UUID NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "identity_provider_roles_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "actor_identities" (
    "workspace_id" UUID NOT NULL,
    "identity_provider_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "actor_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "actor_identities_pkey" PRIMARY KEY ("workspace_id","identity_provider_id","subject")
);

-- CreateTable
CREATE TABLE "passwords" (
    "workspace_id" UUID NOT NULL,
    "actor_id" UUID NOT NULL,
    "hash" TEXT,
    "changed_at" TIMESTAMPTZ(3),
    "failed_count" INTEGER NOT NULL DEFAULT 0,
    "locked_until" TIMESTAMPTZ(3),
    "setup_hash" TEXT,
    "setup_expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "passwords_pkey" PRIMARY KEY ("workspace_id","actor_id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "actor_id" UUID NOT NULL,
    "identity_provider_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "revoked_reason" TEXT,
    "ip_address" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "refresh_tokens" (
    "workspace_id" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "session_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "refresh_tokens_pkey" PRIMARY KEY ("workspace_id","hash")
);

-- CreateTable
CREATE TABLE "audit_seals" (
    "workspace_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "from_xid" BIGINT NOT NULL,
    "to_xid" BIGINT NOT NULL,
    "entry_count" INTEGER NOT NULL,
    "previous_hash" CHAR(64) NOT NULL,
    "hash" CHAR(64) NOT NULL,
    "sealed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "pruned_at" TIMESTAMPTZ(3),

    CONSTRAINT "audit_seals_pkey" PRIMARY KEY ("workspace_id","number")
);

-- CreateIndex
CREATE INDEX "sharing_rules_workspace_id_role_id_idx" ON "sharing_rules"("workspace_id", "role_id");

-- CreateIndex
CREATE INDEX "sharing_rules_workspace_id_team_id_idx" ON "sharing_rules"("workspace_id", "team_id");

-- CreateIndex
CREATE INDEX "record_grants_workspace_id_record_id_idx" ON "record_grants"("workspace_id", "record_id");

-- CreateIndex
CREATE INDEX "record_grants_workspace_id_user_id_idx" ON "record_grants"("workspace_id", "user_id");

-- CreateIndex
CREATE INDEX "record_grants_workspace_id_team_id_idx" ON "record_grants"("workspace_id", "team_id");

-- CreateIndex
CREATE INDEX "record_grants_workspace_id_role_id_idx" ON "record_grants"("workspace_id", "role_id");

-- CreateIndex
CREATE INDEX "identity_providers_issuer_idx" ON "identity_providers"("issuer");

-- CreateIndex
CREATE UNIQUE INDEX "identity_provider_roles_workspace_id_identity_provider_id_g_key" ON "identity_provider_roles"("workspace_id", "identity_provider_id", "group_name");

-- CreateIndex
CREATE UNIQUE INDEX "passwords_setup_hash_key" ON "passwords"("setup_hash");

-- CreateIndex
CREATE INDEX "sessions_workspace_id_actor_id_idx" ON "sessions"("workspace_id", "actor_id");

-- CreateIndex
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "refresh_tokens_hash_key" ON "refresh_tokens"("hash");

-- CreateIndex
CREATE INDEX "refresh_tokens_workspace_id_session_id_idx" ON "refresh_tokens"("workspace_id", "session_id");

-- CreateIndex
CREATE INDEX "audit_entries_workspace_id_at_id_idx" ON "audit_entries"("workspace_id", "at", "id");

-- CreateIndex
CREATE INDEX "audit_entries_workspace_id_actor_id_at_idx" ON "audit_entries"("workspace_id", "actor_id", "at");

-- CreateIndex
CREATE INDEX "audit_entries_xid_idx" ON "audit_entries"("xid");

-- CreateIndex
CREATE INDEX "roles_workspace_id_parent_id_idx" ON "roles"("workspace_id", "parent_id");

-- AddForeignKey
ALTER TABLE "sharing_rules" ADD CONSTRAINT "sharing_rules_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sharing_rules" ADD CONSTRAINT "sharing_rules_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "sharing_rules" ADD CONSTRAINT "sharing_rules_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "sharing_rules" ADD CONSTRAINT "sharing_rules_workspace_id_role_id_fkey" FOREIGN KEY ("workspace_id", "role_id") REFERENCES "roles"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "sharing_rules" ADD CONSTRAINT "sharing_rules_workspace_id_team_id_fkey" FOREIGN KEY ("workspace_id", "team_id") REFERENCES "teams"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "record_grants" ADD CONSTRAINT "record_grants_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "record_grants" ADD CONSTRAINT "record_grants_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "record_grants" ADD CONSTRAINT "record_grants_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "record_grants" ADD CONSTRAINT "record_grants_workspace_id_user_id_fkey" FOREIGN KEY ("workspace_id", "user_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "record_grants" ADD CONSTRAINT "record_grants_workspace_id_team_id_fkey" FOREIGN KEY ("workspace_id", "team_id") REFERENCES "teams"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "record_grants" ADD CONSTRAINT "record_grants_workspace_id_role_id_fkey" FOREIGN KEY ("workspace_id", "role_id") REFERENCES "roles"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "identity_providers" ADD CONSTRAINT "identity_providers_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "identity_providers" ADD CONSTRAINT "identity_providers_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "identity_providers" ADD CONSTRAINT "identity_providers_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "identity_providers" ADD CONSTRAINT "identity_providers_workspace_id_default_role_id_fkey" FOREIGN KEY ("workspace_id", "default_role_id") REFERENCES "roles"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "identity_provider_roles" ADD CONSTRAINT "identity_provider_roles_workspace_id_identity_provider_id_fkey" FOREIGN KEY ("workspace_id", "identity_provider_id") REFERENCES "identity_providers"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "identity_provider_roles" ADD CONSTRAINT "identity_provider_roles_workspace_id_role_id_fkey" FOREIGN KEY ("workspace_id", "role_id") REFERENCES "roles"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "actor_identities" ADD CONSTRAINT "actor_identities_workspace_id_identity_provider_id_fkey" FOREIGN KEY ("workspace_id", "identity_provider_id") REFERENCES "identity_providers"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "actor_identities" ADD CONSTRAINT "actor_identities_workspace_id_actor_id_fkey" FOREIGN KEY ("workspace_id", "actor_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "passwords" ADD CONSTRAINT "passwords_workspace_id_actor_id_fkey" FOREIGN KEY ("workspace_id", "actor_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_workspace_id_actor_id_fkey" FOREIGN KEY ("workspace_id", "actor_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_workspace_id_identity_provider_id_fkey" FOREIGN KEY ("workspace_id", "identity_provider_id") REFERENCES "identity_providers"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_workspace_id_session_id_fkey" FOREIGN KEY ("workspace_id", "session_id") REFERENCES "sessions"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_seals" ADD CONSTRAINT "audit_seals_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "actors" ADD CONSTRAINT "actors_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "actors" ADD CONSTRAINT "actors_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "roles" ADD CONSTRAINT "roles_workspace_id_parent_id_fkey" FOREIGN KEY ("workspace_id", "parent_id") REFERENCES "roles"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "roles" ADD CONSTRAINT "roles_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "roles" ADD CONSTRAINT "roles_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- RowLevelSecurity
ALTER TABLE "sharing_rules" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "sharing_rules"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "sharing_rules" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "record_grants" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "record_grants"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "record_grants" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "identity_providers" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "identity_providers"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "identity_providers" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "identity_provider_roles" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "identity_provider_roles"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "identity_provider_roles" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "actor_identities" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "actor_identities"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));

-- RowLevelSecurity
ALTER TABLE "passwords" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "passwords"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));

-- RowLevelSecurity
ALTER TABLE "sessions" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "sessions"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, UPDATE ON "sessions" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "refresh_tokens" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "refresh_tokens"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));

-- RowLevelSecurity
ALTER TABLE "audit_seals" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "audit_seals"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT ON "audit_seals" TO rapport_app;

-- A name is free again once its holder was put away.
CREATE UNIQUE INDEX "roles_workspace_id_name_key" ON "roles"("workspace_id", "name") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "sharing_rules_workspace_id_name_key" ON "sharing_rules"("workspace_id", "name") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "identity_providers_workspace_id_name_key" ON "identity_providers"("workspace_id", "name") WHERE "deleted_at" IS NULL;

-- Shared with one, and not with nobody or several at once.
ALTER TABLE "sharing_rules" ADD CONSTRAINT "sharing_rules_grantee_check" CHECK (num_nonnulls("role_id", "team_id") = 1);
ALTER TABLE "record_grants" ADD CONSTRAINT "record_grants_grantee_check" CHECK (num_nonnulls("user_id", "team_id", "role_id") = 1);

-- Function
-- Whom an actor reaches by the scopes of its permissions: its teams, their members, those whose roles lie below its own, and the
-- sharing rules for its roles and teams. A function, so that who has no scope does not wait for its statements to be set up.
CREATE FUNCTION rapport_reach(workspace uuid, actor uuid) RETURNS jsonb
  LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
  own_roles uuid[] := array(
    SELECT ar.role_id FROM actor_roles ar JOIN roles r ON r.workspace_id = ar.workspace_id AND r.id = ar.role_id
    WHERE ar.workspace_id = workspace AND ar.actor_id = actor AND r.deleted_at IS NULL
    ORDER BY 1);
  own_teams uuid[] := array(
    SELECT m.team_id FROM team_members m JOIN teams t ON t.workspace_id = m.workspace_id AND t.id = m.team_id
    WHERE m.workspace_id = workspace AND m.user_id = actor AND t.deleted_at IS NULL
    ORDER BY 1);
BEGIN
  RETURN jsonb_build_object(
    'teams', to_jsonb(own_teams),
    'mates', to_jsonb(array(
      SELECT DISTINCT m.user_id FROM team_members m
      WHERE m.workspace_id = workspace AND m.team_id = ANY (own_teams)
      ORDER BY 1)),
    'below', to_jsonb(array(
      WITH RECURSIVE below AS (
        SELECT r.id FROM roles r
        WHERE r.workspace_id = workspace AND r.parent_id = ANY (own_roles) AND r.deleted_at IS NULL
        UNION
        SELECT r.id FROM roles r JOIN below b ON r.parent_id = b.id
        WHERE r.workspace_id = workspace AND r.deleted_at IS NULL
      )
      SELECT DISTINCT ar.actor_id FROM actor_roles ar JOIN below b ON ar.role_id = b.id
      WHERE ar.workspace_id = workspace
      ORDER BY 1)),
    'sharing', coalesce((
      SELECT jsonb_agg(
        jsonb_build_object('id', s.id, 'name', s.name, 'object', s.object, 'access', s.access, 'filter', s.filter)
        ORDER BY s.id)
      FROM sharing_rules s
      WHERE s.workspace_id = workspace AND s.is_active AND s.deleted_at IS NULL
        AND (s.role_id = ANY (own_roles) OR s.team_id = ANY (own_teams))
    ), '[]'));
END $$;
REVOKE EXECUTE ON FUNCTION rapport_reach(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rapport_reach(uuid, uuid) TO rapport_app;

-- Teams decide what their members reach, so that `*:<action>` does not reach them any more: whoever could see them still can.
UPDATE "roles" SET "permissions" = array_append("permissions", 'team:read')
  WHERE '*:read' = ANY("permissions") AND NOT 'team:read' = ANY("permissions");
