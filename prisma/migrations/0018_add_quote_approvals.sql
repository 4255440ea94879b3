-- CreateEnum
CREATE TYPE "QuoteApprovalStatus" AS ENUM ('PENDING', 'APPROVED', 'REJECTED', 'RECALLED', 'VOID');

-- CreateEnum
CREATE TYPE "QuoteApprovalStepStatus" AS ENUM ('WAITING', 'PENDING', 'APPROVED', 'REJECTED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "QuoteApproverKind" AS ENUM ('ROLE', 'USER', 'MANAGER', 'AUTHORITY');

-- CreateEnum
CREATE TYPE "QuoteDecisionKind" AS ENUM ('APPROVED_WITHIN_AUTHORITY', 'SUBMITTED', 'APPROVED', 'REJECTED', 'RECALLED', 'VOIDED');

-- AlterTable
ALTER TABLE "quotes" ADD COLUMN     "approval_id" UUID,
ADD COLUMN     "pending_step_count" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "quote_versions" ADD COLUMN     "approval_id" UUID NOT NULL;

-- CreateTable
CREATE TABLE "quote_approvals" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "quote_id" UUID NOT NULL,
    "status" "QuoteApprovalStatus" NOT NULL,
    "content_hash" TEXT NOT NULL,
    "reasons" TEXT[] DEFAULT ARRAY[]::TEXT[] NOT NULL,
    "submitted_at" TIMESTAMPTZ(3) NOT NULL,
    "submitted_by_id" UUID NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "author_ids" UUID[] DEFAULT ARRAY[]::UUID[] NOT NULL,

    CONSTRAINT "quote_approvals_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "quote_approval_steps" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "approval_id" UUID NOT NULL,
    "quote_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "status" "QuoteApprovalStepStatus" NOT NULL,
    "reason" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by_id" UUID,
    "on_behalf_of_id" UUID,

    CONSTRAINT "quote_approval_steps_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "quote_approvers" (
    "workspace_id" UUID NOT NULL,
    "step_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,

    CONSTRAINT "quote_approvers_pkey" PRIMARY KEY ("workspace_id","step_id","user_id")
);

-- CreateTable
CREATE TABLE "quote_decisions" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "quote_id" UUID NOT NULL,
    "kind" "QuoteDecisionKind" NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,
    "actor_id" UUID NOT NULL,
    "on_behalf_of_id" UUID,
    "role_id" UUID,
    "content_hash" TEXT NOT NULL,
    "reason" TEXT,
    "total_discount_percent" DECIMAL(30,4),
    "margin_percent" DECIMAL(30,4),
    "total" DECIMAL(20,4) NOT NULL,
    "currency" CHAR(3) NOT NULL,

    CONSTRAINT "quote_decisions_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "quote_approval_policies" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "filter" JSONB,
    "applies_within_authority" BOOLEAN NOT NULL DEFAULT false,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "quote_approval_policies_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "quote_approval_policy_steps" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "policy_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL DEFAULT 1,
    "kind" "QuoteApproverKind" NOT NULL,
    "role_id" UUID,
    "user_id" UUID,
    "level" INTEGER,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "quote_approval_policy_steps_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "negotiation_authorities" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "role_id" UUID NOT NULL,
    "max_discount_percent" DECIMAL(7,4),
    "min_margin_percent" DECIMAL(7,4),
    "max_total" DECIMAL(20,4),
    "max_total_currency" CHAR(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "negotiation_authorities_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "approval_delegations" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "from_id" UUID NOT NULL,
    "to_id" UUID NOT NULL,
    "starts_on" DATE NOT NULL,
    "ends_on" DATE NOT NULL,
    "reason" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "approval_delegations_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE INDEX "quote_approvals_workspace_id_quote_id_id_idx" ON "quote_approvals"("workspace_id", "quote_id", "id");

-- CreateIndex
CREATE INDEX "quote_approval_steps_workspace_id_approval_id_sequence_id_idx" ON "quote_approval_steps"("workspace_id", "approval_id", "sequence", "id");

-- CreateIndex
CREATE INDEX "quote_approvers_workspace_id_user_id_idx" ON "quote_approvers"("workspace_id", "user_id");

-- CreateIndex
CREATE INDEX "quote_decisions_workspace_id_quote_id_decided_at_id_idx" ON "quote_decisions"("workspace_id", "quote_id", "decided_at", "id");

-- CreateIndex
CREATE INDEX "quote_approval_policy_steps_workspace_id_policy_id_idx" ON "quote_approval_policy_steps"("workspace_id", "policy_id");

-- CreateIndex
CREATE INDEX "quote_approval_policy_steps_workspace_id_role_id_idx" ON "quote_approval_policy_steps"("workspace_id", "role_id");

-- CreateIndex
CREATE INDEX "quote_approval_policy_steps_workspace_id_user_id_idx" ON "quote_approval_policy_steps"("workspace_id", "user_id");

-- CreateIndex
CREATE INDEX "negotiation_authorities_workspace_id_role_id_idx" ON "negotiation_authorities"("workspace_id", "role_id");

-- CreateIndex
CREATE INDEX "approval_delegations_workspace_id_to_id_starts_on_idx" ON "approval_delegations"("workspace_id", "to_id", "starts_on");

-- CreateIndex
CREATE INDEX "approval_delegations_workspace_id_from_id_idx" ON "approval_delegations"("workspace_id", "from_id");

-- AddForeignKey
ALTER TABLE "quote_versions" ADD CONSTRAINT "quote_versions_workspace_id_approval_id_fkey" FOREIGN KEY ("workspace_id", "approval_id") REFERENCES "quote_approvals"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quote_approvals" ADD CONSTRAINT "quote_approvals_workspace_id_quote_id_fkey" FOREIGN KEY ("workspace_id", "quote_id") REFERENCES "quotes"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quote_approvals" ADD CONSTRAINT "quote_approvals_workspace_id_submitted_by_id_fkey" FOREIGN KEY ("workspace_id", "submitted_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quote_approval_steps" ADD CONSTRAINT "quote_approval_steps_workspace_id_approval_id_fkey" FOREIGN KEY ("workspace_id", "approval_id") REFERENCES "quote_approvals"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quote_approval_steps" ADD CONSTRAINT "quote_approval_steps_workspace_id_decided_by_id_fkey" FOREIGN KEY ("workspace_id", "decided_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quote_approval_steps" ADD CONSTRAINT "quote_approval_steps_workspace_id_on_behalf_of_id_fkey" FOREIGN KEY ("workspace_id", "on_behalf_of_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quote_approvers" ADD CONSTRAINT "quote_approvers_workspace_id_step_id_fkey" FOREIGN KEY ("workspace_id", "step_id") REFERENCES "quote_approval_steps"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quote_approvers" ADD CONSTRAINT "quote_approvers_workspace_id_user_id_fkey" FOREIGN KEY ("workspace_id", "user_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quote_decisions" ADD CONSTRAINT "quote_decisions_workspace_id_quote_id_fkey" FOREIGN KEY ("workspace_id", "quote_id") REFERENCES "quotes"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quote_decisions" ADD CONSTRAINT "quote_decisions_workspace_id_actor_id_fkey" FOREIGN KEY ("workspace_id", "actor_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quote_decisions" ADD CONSTRAINT "quote_decisions_workspace_id_on_behalf_of_id_fkey" FOREIGN KEY ("workspace_id", "on_behalf_of_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quote_decisions" ADD CONSTRAINT "quote_decisions_workspace_id_role_id_fkey" FOREIGN KEY ("workspace_id", "role_id") REFERENCES "roles"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quote_approval_policies" ADD CONSTRAINT "quote_approval_policies_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quote_approval_policies" ADD CONSTRAINT "quote_approval_policies_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quote_approval_policies" ADD CONSTRAINT "quote_approval_policies_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quote_approval_policy_steps" ADD CONSTRAINT "quote_approval_policy_steps_workspace_id_policy_id_fkey" FOREIGN KEY ("workspace_id", "policy_id") REFERENCES "quote_approval_policies"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quote_approval_policy_steps" ADD CONSTRAINT "quote_approval_policy_steps_workspace_id_role_id_fkey" FOREIGN KEY ("workspace_id", "role_id") REFERENCES "roles"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "quote_approval_policy_steps" ADD CONSTRAINT "quote_approval_policy_steps_workspace_id_user_id_fkey" FOREIGN KEY ("workspace_id", "user_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "negotiation_authorities" ADD CONSTRAINT "negotiation_authorities_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "negotiation_authorities" ADD CONSTRAINT "negotiation_authorities_workspace_id_role_id_fkey" FOREIGN KEY ("workspace_id", "role_id") REFERENCES "roles"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "negotiation_authorities" ADD CONSTRAINT "negotiation_authorities_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "negotiation_authorities" ADD CONSTRAINT "negotiation_authorities_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "approval_delegations" ADD CONSTRAINT "approval_delegations_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_delegations" ADD CONSTRAINT "approval_delegations_workspace_id_from_id_fkey" FOREIGN KEY ("workspace_id", "from_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "approval_delegations" ADD CONSTRAINT "approval_delegations_workspace_id_to_id_fkey" FOREIGN KEY ("workspace_id", "to_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "approval_delegations" ADD CONSTRAINT "approval_delegations_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "approval_delegations" ADD CONSTRAINT "approval_delegations_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- RowLevelSecurity
ALTER TABLE "quote_approvals" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "quote_approvals"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "quote_approvals" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "quote_approval_steps" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "quote_approval_steps"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "quote_approval_steps" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "quote_approvers" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "quote_approvers"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "quote_approvers" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "quote_decisions" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "quote_decisions"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
-- Decisions are only added.
GRANT SELECT, INSERT ON "quote_decisions" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "quote_approval_policies" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "quote_approval_policies"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "quote_approval_policies" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "quote_approval_policy_steps" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "quote_approval_policy_steps"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "quote_approval_policy_steps" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "negotiation_authorities" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "negotiation_authorities"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "negotiation_authorities" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "approval_delegations" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "approval_delegations"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "approval_delegations" TO rapport_app;

CREATE UNIQUE INDEX "quote_approval_policies_name_key" ON "quote_approval_policies"("workspace_id", "name") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "negotiation_authorities_role_key" ON "negotiation_authorities"("workspace_id", "role_id") WHERE "deleted_at" IS NULL;

ALTER TABLE "negotiation_authorities"
  ADD CONSTRAINT "negotiation_authorities_max_total_check" CHECK ("max_total" IS NULL OR "max_total_currency" IS NOT NULL),
  ADD CONSTRAINT "negotiation_authorities_max_total_amount_check" CHECK ("max_total" >= 0);
ALTER TABLE "approval_delegations"
  ADD CONSTRAINT "approval_delegations_period_check" CHECK ("starts_on" <= "ends_on");

CREATE FUNCTION quote_decisions_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A decision about a quote never changes.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "quote_decisions_stay" BEFORE UPDATE ON "quote_decisions"
  FOR EACH ROW EXECUTE FUNCTION quote_decisions_stay();

-- The last wall: whatever code does, no quote is approved, sent or accepted with a content that was not approved.
CREATE FUNCTION quote_is_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM quote_approvals a WHERE a.workspace_id = NEW.workspace_id AND a.id = NEW.approval_id
    AND a.quote_id = NEW.id AND a.status = 'APPROVED' AND a.content_hash = NEW.content_hash) THEN
    RAISE EXCEPTION 'The content of the quote is not approved.' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "quote_is_approved" BEFORE INSERT OR UPDATE ON "quotes"
  FOR EACH ROW WHEN (NEW.status IN ('APPROVED', 'SENT', 'ACCEPTED')) EXECUTE FUNCTION quote_is_approved();

-- Workspaces from before quotes get the authorities that a new workspace begins with.
INSERT INTO negotiation_authorities (workspace_id, id, role_id, max_discount_percent, created_by_id, updated_by_id)
SELECT r.workspace_id, gen_random_uuid(), r.id, a.max_discount, u.id, u.id
FROM (VALUES ('admin', NULL), ('member', 0::numeric)) a (role, max_discount)
JOIN roles r ON r.name = a.role AND r.deleted_at IS NULL
CROSS JOIN LATERAL (SELECT id FROM actors u WHERE u.workspace_id = r.workspace_id AND u.kind = 'USER' ORDER BY u.created_at, u.id LIMIT 1) u;
