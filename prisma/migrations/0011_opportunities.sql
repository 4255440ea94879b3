-- CreateEnum
CREATE TYPE "StageKind" AS ENUM ('OPEN', 'WON', 'LOST');

-- CreateEnum
CREATE TYPE "OpportunityStatus" AS ENUM ('OPEN', 'WON', 'LOST');

-- CreateEnum
CREATE TYPE "OpportunityOutcome" AS ENUM ('WON', 'LOST');

-- CreateEnum
CREATE TYPE "ForecastCategory" AS ENUM ('OMITTED', 'PIPELINE', 'BEST_CASE', 'COMMIT', 'CLOSED');

-- CreateEnum
CREATE TYPE "OpportunityAttention" AS ENUM ('IDLE', 'SLIPPING', 'OVERDUE', 'NO_NEXT_STEP');

-- CreateEnum
CREATE TYPE "OpportunityContactRole" AS ENUM ('DECISION_MAKER', 'BUSINESS_DECISION_MAKER', 'TECHNICAL_DECISION_MAKER', 'ECONOMIC_BUYER', 'EXECUTIVE_SPONSOR', 'BUSINESS_EVALUATOR', 'TECHNICAL_EVALUATOR', 'INFLUENCER', 'OTHER');

-- CreateTable
CREATE TABLE "pipelines" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "pipelines_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "stages" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "pipeline_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" "StageKind" NOT NULL DEFAULT 'OPEN',
    "probability" INTEGER NOT NULL DEFAULT 0,
    "forecast_category" "ForecastCategory" NOT NULL DEFAULT 'PIPELINE',
    "required_fields" TEXT[] DEFAULT ARRAY[]::TEXT[] NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "stages_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "stage_moves" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "from_id" UUID NOT NULL,
    "stage_id" UUID NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "stage_moves_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "loss_reasons" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "loss_reasons_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "opportunities" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "account_id" UUID,
    "owner_id" UUID,
    "team_id" UUID,
    "pipeline_id" UUID NOT NULL,
    "stage_id" UUID NOT NULL,
    "status" "OpportunityStatus" NOT NULL DEFAULT 'OPEN',
    "amount" DECIMAL(20,4),
    "currency" CHAR(3),
    "probability" INTEGER NOT NULL,
    "weighted_amount" DECIMAL(20,4) GENERATED ALWAYS AS (round("amount" * "probability" / 100, 4)) STORED,
    "forecast_category" "ForecastCategory" NOT NULL DEFAULT 'PIPELINE',
    "closes_on" DATE,
    "closed_on" DATE,
    "closed_at" TIMESTAMPTZ(3),
    "loss_reason_id" UUID,
    "loss_comment" TEXT,
    "next_step" TEXT,
    "next_step_on" DATE,
    "source" TEXT,
    "description" TEXT,
    "position" DECIMAL(40,20) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    "search_text" TEXT NOT NULL GENERATED ALWAYS AS (
        rapport_fold("name" || ' ' || coalesce("next_step", '') || ' ' || coalesce("source", ''))
    ) STORED,

    CONSTRAINT "opportunities_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "opportunity_contacts" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "opportunity_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "role" "OpportunityContactRole",
    "is_primary" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "opportunity_contacts_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "opportunity_members" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "opportunity_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" TEXT,
    "split_percent" DECIMAL(5,2),
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "opportunity_members_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "opportunity_competitors" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "opportunity_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "account_id" UUID,
    "strengths" TEXT,
    "weaknesses" TEXT,
    "is_winner" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "opportunity_competitors_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "opportunity_stage_entries" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "opportunity_id" UUID NOT NULL,
    "stage_id" UUID NOT NULL,
    "entered_at" TIMESTAMPTZ(3) NOT NULL,
    "left_at" TIMESTAMPTZ(3),

    CONSTRAINT "opportunity_stage_entries_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "opportunity_periods" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "opportunity_id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "pipeline_id" UUID NOT NULL,
    "stage_id" UUID NOT NULL,
    "status" "OpportunityStatus" NOT NULL,
    "amount" DECIMAL(20,4),
    "currency" CHAR(3),
    "weighted_amount" DECIMAL(20,4),
    "probability" INTEGER NOT NULL,
    "forecast_category" "ForecastCategory" NOT NULL,
    "closes_on" DATE,
    "owner_id" UUID,

    CONSTRAINT "opportunity_periods_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE INDEX "stages_workspace_id_pipeline_id_position_id_idx" ON "stages"("workspace_id", "pipeline_id", "position", "id");

-- CreateIndex
CREATE INDEX "stage_moves_workspace_id_stage_id_idx" ON "stage_moves"("workspace_id", "stage_id");

-- CreateIndex
CREATE UNIQUE INDEX "stage_moves_workspace_id_from_id_stage_id_key" ON "stage_moves"("workspace_id", "from_id", "stage_id");

-- CreateIndex
CREATE INDEX "opportunities_workspace_id_stage_id_position_id_idx" ON "opportunities"("workspace_id", "stage_id", "position", "id");

-- CreateIndex
CREATE INDEX "opportunities_workspace_id_pipeline_id_stage_id_idx" ON "opportunities"("workspace_id", "pipeline_id", "stage_id");

-- CreateIndex
CREATE INDEX "opportunities_workspace_id_created_at_id_idx" ON "opportunities"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "opportunities_workspace_id_name_id_idx" ON "opportunities"("workspace_id", "name", "id");

-- CreateIndex
CREATE INDEX "opportunities_workspace_id_closes_on_id_idx" ON "opportunities"("workspace_id", "closes_on", "id");

-- CreateIndex
CREATE INDEX "opportunities_workspace_id_closed_on_id_idx" ON "opportunities"("workspace_id", "closed_on", "id");

-- CreateIndex
CREATE INDEX "opportunities_workspace_id_account_id_id_idx" ON "opportunities"("workspace_id", "account_id", "id");

-- CreateIndex
CREATE INDEX "opportunities_workspace_id_owner_id_id_idx" ON "opportunities"("workspace_id", "owner_id", "id");

-- CreateIndex
CREATE INDEX "opportunities_workspace_id_loss_reason_id_idx" ON "opportunities"("workspace_id", "loss_reason_id");

-- CreateIndex
CREATE INDEX "opportunity_contacts_workspace_id_contact_id_id_idx" ON "opportunity_contacts"("workspace_id", "contact_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "opportunity_contacts_workspace_id_opportunity_id_contact_id_key" ON "opportunity_contacts"("workspace_id", "opportunity_id", "contact_id");

-- CreateIndex
CREATE INDEX "opportunity_members_workspace_id_user_id_idx" ON "opportunity_members"("workspace_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "opportunity_members_workspace_id_opportunity_id_user_id_key" ON "opportunity_members"("workspace_id", "opportunity_id", "user_id");

-- CreateIndex
CREATE INDEX "opportunity_competitors_workspace_id_opportunity_id_idx" ON "opportunity_competitors"("workspace_id", "opportunity_id");

-- CreateIndex
CREATE INDEX "opportunity_competitors_workspace_id_account_id_idx" ON "opportunity_competitors"("workspace_id", "account_id");

-- CreateIndex
CREATE INDEX "opportunity_stage_entries_workspace_id_opportunity_id_enter_idx" ON "opportunity_stage_entries"("workspace_id", "opportunity_id", "entered_at", "id");

-- CreateIndex
CREATE INDEX "opportunity_stage_entries_workspace_id_stage_id_idx" ON "opportunity_stage_entries"("workspace_id", "stage_id");

-- CreateIndex
CREATE INDEX "opportunity_periods_workspace_id_opportunity_id_started_at_idx" ON "opportunity_periods"("workspace_id", "opportunity_id", "started_at");

-- CreateIndex
CREATE INDEX "opportunity_periods_workspace_id_pipeline_id_started_at_idx" ON "opportunity_periods"("workspace_id", "pipeline_id", "started_at");

-- AddForeignKey
ALTER TABLE "pipelines" ADD CONSTRAINT "pipelines_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pipelines" ADD CONSTRAINT "pipelines_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "pipelines" ADD CONSTRAINT "pipelines_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "stages" ADD CONSTRAINT "stages_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stages" ADD CONSTRAINT "stages_workspace_id_pipeline_id_fkey" FOREIGN KEY ("workspace_id", "pipeline_id") REFERENCES "pipelines"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "stages" ADD CONSTRAINT "stages_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "stages" ADD CONSTRAINT "stages_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "stage_moves" ADD CONSTRAINT "stage_moves_workspace_id_from_id_fkey" FOREIGN KEY ("workspace_id", "from_id") REFERENCES "stages"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stage_moves" ADD CONSTRAINT "stage_moves_workspace_id_stage_id_fkey" FOREIGN KEY ("workspace_id", "stage_id") REFERENCES "stages"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "loss_reasons" ADD CONSTRAINT "loss_reasons_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "loss_reasons" ADD CONSTRAINT "loss_reasons_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "loss_reasons" ADD CONSTRAINT "loss_reasons_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "opportunities" ADD CONSTRAINT "opportunities_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "opportunities" ADD CONSTRAINT "opportunities_workspace_id_account_id_fkey" FOREIGN KEY ("workspace_id", "account_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "opportunities" ADD CONSTRAINT "opportunities_workspace_id_owner_id_fkey" FOREIGN KEY ("workspace_id", "owner_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "opportunities" ADD CONSTRAINT "opportunities_workspace_id_team_id_fkey" FOREIGN KEY ("workspace_id", "team_id") REFERENCES "teams"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "opportunities" ADD CONSTRAINT "opportunities_workspace_id_pipeline_id_fkey" FOREIGN KEY ("workspace_id", "pipeline_id") REFERENCES "pipelines"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "opportunities" ADD CONSTRAINT "opportunities_workspace_id_stage_id_fkey" FOREIGN KEY ("workspace_id", "stage_id") REFERENCES "stages"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "opportunities" ADD CONSTRAINT "opportunities_workspace_id_loss_reason_id_fkey" FOREIGN KEY ("workspace_id", "loss_reason_id") REFERENCES "loss_reasons"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "opportunities" ADD CONSTRAINT "opportunities_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "opportunities" ADD CONSTRAINT "opportunities_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "opportunity_contacts" ADD CONSTRAINT "opportunity_contacts_workspace_id_opportunity_id_fkey" FOREIGN KEY ("workspace_id", "opportunity_id") REFERENCES "opportunities"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "opportunity_contacts" ADD CONSTRAINT "opportunity_contacts_workspace_id_contact_id_fkey" FOREIGN KEY ("workspace_id", "contact_id") REFERENCES "contacts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "opportunity_members" ADD CONSTRAINT "opportunity_members_workspace_id_opportunity_id_fkey" FOREIGN KEY ("workspace_id", "opportunity_id") REFERENCES "opportunities"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "opportunity_members" ADD CONSTRAINT "opportunity_members_workspace_id_user_id_fkey" FOREIGN KEY ("workspace_id", "user_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "opportunity_competitors" ADD CONSTRAINT "opportunity_competitors_workspace_id_opportunity_id_fkey" FOREIGN KEY ("workspace_id", "opportunity_id") REFERENCES "opportunities"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "opportunity_competitors" ADD CONSTRAINT "opportunity_competitors_workspace_id_account_id_fkey" FOREIGN KEY ("workspace_id", "account_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "opportunity_stage_entries" ADD CONSTRAINT "opportunity_stage_entries_workspace_id_opportunity_id_fkey" FOREIGN KEY ("workspace_id", "opportunity_id") REFERENCES "opportunities"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "opportunity_stage_entries" ADD CONSTRAINT "opportunity_stage_entries_workspace_id_stage_id_fkey" FOREIGN KEY ("workspace_id", "stage_id") REFERENCES "stages"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "opportunity_periods" ADD CONSTRAINT "opportunity_periods_workspace_id_opportunity_id_fkey" FOREIGN KEY ("workspace_id", "opportunity_id") REFERENCES "opportunities"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- RowLevelSecurity
ALTER TABLE "pipelines" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "pipelines"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "pipelines" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "stages" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "stages"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "stages" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "stage_moves" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "stage_moves"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "stage_moves" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "loss_reasons" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "loss_reasons"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "loss_reasons" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "opportunities" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "opportunities"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "opportunities" TO rapport_app;

-- Search
CREATE INDEX "opportunities_words_idx" ON "opportunities" USING gin ("workspace_id", rapport_words("search_text"));
CREATE INDEX "opportunities_likeness_idx" ON "opportunities"
  USING gin ("workspace_id", rapport_head("search_text") gin_trgm_ops);
CREATE FUNCTION "opportunities_search"(query text) RETURNS TABLE (id uuid, rank float8)
  LANGUAGE sql STABLE PARALLEL SAFE STRICT SECURITY DEFINER ROWS 100
  SET search_path = pg_catalog, public, pg_temp
  SET pg_trgm.word_similarity_threshold = 0.5
AS $$ SELECT * FROM rapport_search('"opportunities"', query) $$;
REVOKE EXECUTE ON FUNCTION "opportunities_search"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "opportunities_search"(text) TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "opportunity_contacts" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "opportunity_contacts"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "opportunity_contacts" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "opportunity_members" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "opportunity_members"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "opportunity_members" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "opportunity_competitors" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "opportunity_competitors"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "opportunity_competitors" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "opportunity_stage_entries" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "opportunity_stage_entries"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "opportunity_stage_entries" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "opportunity_periods" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "opportunity_periods"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "opportunity_periods" TO rapport_app;

-- One pipeline of a workspace is the default. Names are unique among records that are not deleted.
CREATE UNIQUE INDEX "pipelines_workspace_id_is_default_key" ON "pipelines"("workspace_id") WHERE "is_default" AND "deleted_at" IS NULL;
CREATE UNIQUE INDEX "pipelines_workspace_id_name_key" ON "pipelines"("workspace_id", "name") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "stages_workspace_id_pipeline_id_name_key" ON "stages"("workspace_id", "pipeline_id", "name") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "loss_reasons_workspace_id_name_key" ON "loss_reasons"("workspace_id", "name") WHERE "deleted_at" IS NULL;

-- An opportunity has one current period, and is in one stage.
CREATE UNIQUE INDEX "opportunity_periods_current_key" ON "opportunity_periods"("workspace_id", "opportunity_id") WHERE "ended_at" IS NULL;
CREATE UNIQUE INDEX "opportunity_stage_entries_current_key" ON "opportunity_stage_entries"("workspace_id", "opportunity_id") WHERE "left_at" IS NULL;

ALTER TABLE "stages" ADD CONSTRAINT "stages_probability_check" CHECK ("probability" BETWEEN 0 AND 100);
ALTER TABLE "opportunities"
  ADD CONSTRAINT "opportunities_amount_currency_check" CHECK ("amount" IS NULL OR "currency" IS NOT NULL),
  ADD CONSTRAINT "opportunities_amount_check" CHECK ("amount" >= 0),
  ADD CONSTRAINT "opportunities_probability_check" CHECK ("probability" BETWEEN 0 AND 100),
  ADD CONSTRAINT "opportunities_closed_check"
    CHECK (("status" = 'OPEN') = ("closed_at" IS NULL) AND ("status" = 'OPEN') = ("closed_on" IS NULL)),
  ADD CONSTRAINT "opportunities_loss_check" CHECK (("status" = 'LOST') = ("loss_reason_id" IS NOT NULL));

-- Each workspace gets a pipeline and loss reasons, as a new one does (src/modules/opportunities/starting-pipeline.ts).
-- They are the work of the user who was there first.
WITH first_users AS (
  SELECT DISTINCT ON (workspace_id) workspace_id, id AS actor_id FROM actors WHERE kind = 'USER'
  ORDER BY workspace_id, created_at, id
), new_pipelines AS (
  INSERT INTO pipelines (workspace_id, id, name, is_default, created_by_id, updated_by_id)
  SELECT workspace_id, gen_random_uuid(), 'Sales', true, actor_id, actor_id FROM first_users
  RETURNING workspace_id, id, created_by_id
), new_stages AS (
  INSERT INTO stages (workspace_id, id, pipeline_id, name, position, kind, probability, forecast_category, created_by_id, updated_by_id)
  SELECT p.workspace_id, gen_random_uuid(), p.id, s.name, s.position, s.kind::"StageKind", s.probability,
    s.category::"ForecastCategory", p.created_by_id, p.created_by_id
  FROM new_pipelines p CROSS JOIN (VALUES
    ('Qualification', 1, 'OPEN', 10, 'PIPELINE'),
    ('Needs analysis', 2, 'OPEN', 25, 'PIPELINE'),
    ('Proposal', 3, 'OPEN', 50, 'BEST_CASE'),
    ('Negotiation', 4, 'OPEN', 75, 'COMMIT'),
    ('Closed won', 5, 'WON', 100, 'CLOSED'),
    ('Closed lost', 6, 'LOST', 0, 'OMITTED')) s (name, position, kind, probability, category)
)
INSERT INTO loss_reasons (workspace_id, id, name, created_by_id, updated_by_id)
SELECT u.workspace_id, gen_random_uuid(), r.name, u.actor_id, u.actor_id
FROM first_users u CROSS JOIN unnest(ARRAY['Price', 'Competitor', 'No budget', 'No decision', 'Missing feature', 'Timing', 'Other']) r (name);
