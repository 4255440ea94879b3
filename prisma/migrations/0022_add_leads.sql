-- CreateEnum
CREATE TYPE "LeadStatus" AS ENUM ('OPEN', 'WORKING', 'CONVERTED', 'DISQUALIFIED', 'RECYCLED');

-- CreateEnum
CREATE TYPE "LeadSource" AS ENUM ('WEB', 'PHONE', 'EMAIL', 'EVENT', 'REFERRAL', 'PARTNER', 'ADVERTISEMENT', 'SOCIAL', 'LIST', 'OTHER');

-- CreateEnum
CREATE TYPE "LeadDisqualificationReason" AS ENUM ('NO_NEED', 'NO_BUDGET', 'NO_AUTHORITY', 'UNREACHABLE', 'COMPETITOR', 'DUPLICATE', 'INVALID', 'OTHER');

-- CreateEnum
CREATE TYPE "LeadAssignmentStrategy" AS ENUM ('ROUND_ROBIN', 'LEAST_LOADED', 'TERRITORY');

-- CreateTable
CREATE TABLE "leads" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "first_name" TEXT,
    "last_name" TEXT NOT NULL,
    "full_name" TEXT NOT NULL GENERATED ALWAYS AS (
        btrim(coalesce("first_name", '') || ' ' || "last_name")
    ) STORED,
    "job_title" TEXT,
    "company_name" TEXT,
    "email" TEXT,
    "phone" TEXT,
    "website" TEXT,
    "industry" TEXT,
    "city" TEXT,
    "region" TEXT,
    "postal_code" TEXT,
    "country" CHAR(2),
    "source" "LeadSource",
    "description" TEXT,
    "status" "LeadStatus" NOT NULL DEFAULT 'OPEN',
    "disqualification_reason" "LeadDisqualificationReason",
    "status_comment" TEXT,
    "recycle_on" DATE,
    "score" INTEGER NOT NULL DEFAULT 0,
    "scored_at" TIMESTAMPTZ(3),
    "converted_at" TIMESTAMPTZ(3),
    "owner_id" UUID,
    "team_id" UUID,
    "account_id" UUID,
    "contact_id" UUID,
    "opportunity_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    "search_text" TEXT NOT NULL GENERATED ALWAYS AS (
        rapport_fold(coalesce("first_name", '') || ' ' || "last_name" || ' ' || coalesce("company_name", '') || ' ' || coalesce("email", '') || ' ' || coalesce("phone", ''))
    ) STORED,

    CONSTRAINT "leads_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "lead_scoring_rules" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "filter" JSONB NOT NULL,
    "points" INTEGER NOT NULL,
    "half_life_days" INTEGER,
    "position" INTEGER NOT NULL DEFAULT 0,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "lead_scoring_rules_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "lead_score_entries" (
    "workspace_id" UUID NOT NULL,
    "lead_id" UUID NOT NULL,
    "rule_id" UUID NOT NULL,
    "matched_at" TIMESTAMPTZ(3) NOT NULL,
    "points" INTEGER NOT NULL,

    CONSTRAINT "lead_score_entries_pkey" PRIMARY KEY ("workspace_id","lead_id","rule_id")
);

-- CreateTable
CREATE TABLE "lead_assignment_rules" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "position" INTEGER NOT NULL DEFAULT 0,
    "filter" JSONB,
    "strategy" "LeadAssignmentStrategy" NOT NULL DEFAULT 'ROUND_ROBIN',
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "lead_assignment_rules_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "lead_assignment_members" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "rule_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "countries" TEXT[] DEFAULT ARRAY[]::TEXT[] NOT NULL,
    "regions" TEXT[] DEFAULT ARRAY[]::TEXT[] NOT NULL,
    "postal_codes" TEXT[] DEFAULT ARRAY[]::TEXT[] NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "lead_assignment_members_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "lead_assignment_turns" (
    "workspace_id" UUID NOT NULL,
    "rule_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "turn" BIGINT NOT NULL,

    CONSTRAINT "lead_assignment_turns_pkey" PRIMARY KEY ("workspace_id","rule_id","user_id")
);

-- CreateIndex
CREATE INDEX "leads_workspace_id_created_at_id_idx" ON "leads"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "leads_workspace_id_score_id_idx" ON "leads"("workspace_id", "score", "id");

-- CreateIndex
CREATE INDEX "leads_workspace_id_last_name_id_idx" ON "leads"("workspace_id", "last_name", "id");

-- CreateIndex
CREATE INDEX "leads_workspace_id_status_created_at_id_idx" ON "leads"("workspace_id", "status", "created_at", "id");

-- CreateIndex
CREATE INDEX "leads_workspace_id_owner_id_status_idx" ON "leads"("workspace_id", "owner_id", "status");

-- CreateIndex
CREATE INDEX "leads_workspace_id_email_idx" ON "leads"("workspace_id", "email");

-- CreateIndex
CREATE INDEX "leads_workspace_id_account_id_idx" ON "leads"("workspace_id", "account_id");

-- CreateIndex
CREATE INDEX "leads_workspace_id_contact_id_idx" ON "leads"("workspace_id", "contact_id");

-- CreateIndex
CREATE INDEX "leads_workspace_id_opportunity_id_idx" ON "leads"("workspace_id", "opportunity_id");

-- CreateIndex
CREATE INDEX "lead_score_entries_workspace_id_rule_id_idx" ON "lead_score_entries"("workspace_id", "rule_id");

-- CreateIndex
CREATE INDEX "lead_assignment_members_workspace_id_user_id_idx" ON "lead_assignment_members"("workspace_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "lead_assignment_members_workspace_id_rule_id_user_id_key" ON "lead_assignment_members"("workspace_id", "rule_id", "user_id");

-- CreateIndex
CREATE INDEX "lead_assignment_turns_workspace_id_user_id_idx" ON "lead_assignment_turns"("workspace_id", "user_id");

-- CreateIndex
CREATE INDEX "accounts_workspace_id_website_idx" ON "accounts"("workspace_id", "website");

-- AddForeignKey
ALTER TABLE "leads" ADD CONSTRAINT "leads_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "leads" ADD CONSTRAINT "leads_workspace_id_owner_id_fkey" FOREIGN KEY ("workspace_id", "owner_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "leads" ADD CONSTRAINT "leads_workspace_id_team_id_fkey" FOREIGN KEY ("workspace_id", "team_id") REFERENCES "teams"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "leads" ADD CONSTRAINT "leads_workspace_id_account_id_fkey" FOREIGN KEY ("workspace_id", "account_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "leads" ADD CONSTRAINT "leads_workspace_id_contact_id_fkey" FOREIGN KEY ("workspace_id", "contact_id") REFERENCES "contacts"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "leads" ADD CONSTRAINT "leads_workspace_id_opportunity_id_fkey" FOREIGN KEY ("workspace_id", "opportunity_id") REFERENCES "opportunities"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "leads" ADD CONSTRAINT "leads_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "leads" ADD CONSTRAINT "leads_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "lead_scoring_rules" ADD CONSTRAINT "lead_scoring_rules_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead_scoring_rules" ADD CONSTRAINT "lead_scoring_rules_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "lead_scoring_rules" ADD CONSTRAINT "lead_scoring_rules_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "lead_score_entries" ADD CONSTRAINT "lead_score_entries_workspace_id_lead_id_fkey" FOREIGN KEY ("workspace_id", "lead_id") REFERENCES "leads"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead_score_entries" ADD CONSTRAINT "lead_score_entries_workspace_id_rule_id_fkey" FOREIGN KEY ("workspace_id", "rule_id") REFERENCES "lead_scoring_rules"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead_assignment_rules" ADD CONSTRAINT "lead_assignment_rules_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead_assignment_rules" ADD CONSTRAINT "lead_assignment_rules_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "lead_assignment_rules" ADD CONSTRAINT "lead_assignment_rules_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "lead_assignment_members" ADD CONSTRAINT "lead_assignment_members_workspace_id_rule_id_fkey" FOREIGN KEY ("workspace_id", "rule_id") REFERENCES "lead_assignment_rules"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead_assignment_members" ADD CONSTRAINT "lead_assignment_members_workspace_id_user_id_fkey" FOREIGN KEY ("workspace_id", "user_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "lead_assignment_turns" ADD CONSTRAINT "lead_assignment_turns_workspace_id_rule_id_fkey" FOREIGN KEY ("workspace_id", "rule_id") REFERENCES "lead_assignment_rules"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead_assignment_turns" ADD CONSTRAINT "lead_assignment_turns_workspace_id_user_id_fkey" FOREIGN KEY ("workspace_id", "user_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- RowLevelSecurity
ALTER TABLE "leads" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "leads"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "leads" TO rapport_app;

-- Search
CREATE INDEX "leads_words_idx" ON "leads" USING gin ("workspace_id", rapport_words("search_text"));
CREATE INDEX "leads_likeness_idx" ON "leads"
  USING gin ("workspace_id", rapport_head("search_text") gin_trgm_ops);
CREATE FUNCTION "leads_search"(query text) RETURNS TABLE (id uuid, rank float8)
  LANGUAGE sql STABLE PARALLEL SAFE STRICT SECURITY DEFINER ROWS 100
  SET search_path = pg_catalog, public, pg_temp
  SET pg_trgm.word_similarity_threshold = 0.5
AS $$ SELECT * FROM rapport_search('"leads"', query) $$;
REVOKE EXECUTE ON FUNCTION "leads_search"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "leads_search"(text) TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "lead_scoring_rules" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "lead_scoring_rules"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "lead_scoring_rules" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "lead_score_entries" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "lead_score_entries"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "lead_score_entries" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "lead_assignment_rules" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "lead_assignment_rules"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "lead_assignment_rules" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "lead_assignment_members" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "lead_assignment_members"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "lead_assignment_members" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "lead_assignment_turns" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "lead_assignment_turns"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "lead_assignment_turns" TO rapport_app;

-- Constraints
-- The leads whose scores are a day old.
CREATE INDEX "leads_workspace_id_scored_at_idx" ON "leads"("workspace_id", "scored_at") WHERE "status" <> 'CONVERTED';

CREATE UNIQUE INDEX "lead_scoring_rules_workspace_id_name_key" ON "lead_scoring_rules"("workspace_id", "name") WHERE "deleted_at" IS NULL;

ALTER TABLE "lead_scoring_rules" ADD CONSTRAINT "lead_scoring_rules_half_life_check" CHECK ("half_life_days" > 0);

CREATE UNIQUE INDEX "lead_assignment_rules_workspace_id_name_key" ON "lead_assignment_rules"("workspace_id", "name") WHERE "deleted_at" IS NULL;
