-- Search: words as people type them, words that they mistype, and both within one workspace.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- Text as it is searched: without accents, in lower case, with a space for every run of ASCII that is no letter or
-- digit, so that an address or a host is the words it consists of: the text search parser would keep it in one piece.
-- What is stored and what is sought both go through it. The Greek small sigma has one form more at the end of a word.
-- unaccent() alone is not immutable, because a dictionary can be changed: this one is the dictionary of the extension.
CREATE FUNCTION rapport_fold(value text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN translate(
    regexp_replace(lower(unaccent('unaccent'::regdictionary, value)), '[\x01-/:-`{-\x7f]+', ' ', 'g'), 'ς', 'σ');

-- CreateEnum
CREATE TYPE "AccountType" AS ENUM ('PROSPECT', 'CUSTOMER', 'PARTNER', 'RESELLER', 'SUPPLIER', 'COMPETITOR', 'INVESTOR', 'OTHER');

-- CreateEnum
CREATE TYPE "AddressLabel" AS ENUM ('BILLING', 'SHIPPING', 'OFFICE', 'HOME', 'OTHER');

-- CreateEnum
CREATE TYPE "EmailLabel" AS ENUM ('WORK', 'HOME', 'OTHER');

-- CreateEnum
CREATE TYPE "PhoneLabel" AS ENUM ('WORK', 'MOBILE', 'HOME', 'FAX', 'OTHER');

-- CreateEnum
CREATE TYPE "InteractionDirection" AS ENUM ('INBOUND', 'OUTBOUND', 'INTERNAL');

-- CreateEnum
CREATE TYPE "ParticipantRole" AS ENUM ('CALLER', 'CALLEE', 'SENDER', 'TO', 'CC', 'BCC', 'ORGANIZER', 'ATTENDEE', 'HOST', 'VISITOR', 'AUTHOR', 'MENTIONED', 'PARTICIPANT');

-- CreateEnum
CREATE TYPE "ChangeOperation" AS ENUM ('CREATED', 'UPDATED', 'DELETED', 'RESTORED');

-- CreateEnum
CREATE TYPE "TaskStatus" AS ENUM ('OPEN', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "TaskPriority" AS ENUM ('LOW', 'NORMAL', 'HIGH', 'URGENT');

-- CreateEnum
CREATE TYPE "ActorKind" AS ENUM ('USER', 'API_KEY');

-- CreateTable
CREATE TABLE "accounts" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "type" "AccountType",
    "industry" TEXT,
    "website" TEXT,
    "phone" TEXT,
    "employee_count" INTEGER,
    "annual_revenue_amount" DECIMAL(20,4),
    "annual_revenue_currency" CHAR(3),
    "founded_year" INTEGER,
    "tier" TEXT,
    "description" TEXT,
    "parent_id" UUID,
    "owner_id" UUID,
    "team_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    "search_text" TEXT NOT NULL GENERATED ALWAYS AS (
        rapport_fold("name" || ' ' || coalesce("industry", '') || ' ' || coalesce("website", '') || ' ' || coalesce("tier", ''))
    ) STORED,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "account_domains" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "domain" TEXT NOT NULL,
    "is_primary" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL DEFAULT 0,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "account_domains_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "account_addresses" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "label" "AddressLabel" NOT NULL,
    "street" TEXT,
    "city" TEXT,
    "region" TEXT,
    "postal_code" TEXT,
    "country" CHAR(2),
    "is_primary" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "account_addresses_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "contacts" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "first_name" TEXT,
    "last_name" TEXT NOT NULL,
    "full_name" TEXT NOT NULL GENERATED ALWAYS AS (
        btrim(coalesce("first_name", '') || ' ' || "last_name")
    ) STORED,
    "salutation" TEXT,
    "job_title" TEXT,
    "primary_email" TEXT,
    "primary_phone" TEXT,
    "birthday" DATE,
    "language" TEXT,
    "description" TEXT,
    "owner_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    "search_text" TEXT NOT NULL GENERATED ALWAYS AS (
        rapport_fold(coalesce("first_name", '') || ' ' || "last_name" || ' ' || coalesce("job_title", '') || ' ' || coalesce("primary_email", '') || ' ' || coalesce("primary_phone", ''))
    ) STORED,

    CONSTRAINT "contacts_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "contact_emails" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "label" "EmailLabel" NOT NULL DEFAULT 'WORK',
    "is_primary" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "contact_emails_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "contact_phones" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "label" "PhoneLabel" NOT NULL DEFAULT 'WORK',
    "is_primary" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "contact_phones_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "account_contacts" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "role" TEXT,
    "started_on" DATE,
    "ended_on" DATE,
    "is_primary" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "account_contacts_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "relationship_types" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "inverse_name" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "relationship_types_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "relationships" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "type_id" UUID NOT NULL,
    "from_type" TEXT NOT NULL,
    "from_id" UUID NOT NULL,
    "to_type" TEXT NOT NULL,
    "to_id" UUID NOT NULL,
    "started_on" DATE,
    "ended_on" DATE,
    "description" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "relationships_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "interactions" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT,
    "body" TEXT,
    "direction" "InteractionDirection",
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "source" TEXT,
    "source_id" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    "search_text" TEXT NOT NULL GENERATED ALWAYS AS (
        rapport_fold(coalesce("subject", '') || ' ' || left(coalesce("body", ''), 2000))
    ) STORED,

    CONSTRAINT "interactions_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "interaction_participants" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "interaction_id" UUID NOT NULL,
    "role" "ParticipantRole" NOT NULL DEFAULT 'PARTICIPANT',
    "contact_id" UUID,
    "user_id" UUID,
    "handle" TEXT,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "interaction_participants_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "interaction_regarding" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "interaction_id" UUID NOT NULL,
    "record_type" TEXT NOT NULL,
    "record_id" UUID NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "interaction_regarding_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "timeline_entries" (
    "workspace_id" UUID NOT NULL,
    "record_id" UUID NOT NULL,
    "interaction_id" UUID NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,

    CONSTRAINT "timeline_entries_pkey" PRIMARY KEY ("workspace_id","record_id","interaction_id")
);

-- CreateTable
CREATE TABLE "interaction_calls" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "duration_seconds" INTEGER,
    "outcome" TEXT,
    "recording_url" TEXT,

    CONSTRAINT "interaction_calls_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "interaction_emails" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "message_id" TEXT,
    "thread_id" TEXT,

    CONSTRAINT "interaction_emails_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "interaction_meetings" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "location" TEXT,
    "join_url" TEXT,

    CONSTRAINT "interaction_meetings_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "interaction_chats" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "service" TEXT,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "interaction_chats_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "interaction_social_posts" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "network" TEXT,
    "url" TEXT,

    CONSTRAINT "interaction_social_posts_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "interaction_letters" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "tracking_number" TEXT,

    CONSTRAINT "interaction_letters_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "interaction_faxes" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "fax_number" TEXT,
    "page_count" INTEGER,

    CONSTRAINT "interaction_faxes_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "interaction_visits" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "location" TEXT,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "interaction_visits_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "changes" (
    "workspace_id" UUID NOT NULL,
    "xid" BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    "seq" BIGINT NOT NULL GENERATED BY DEFAULT AS IDENTITY,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_id" UUID NOT NULL,
    "operation" "ChangeOperation" NOT NULL,
    "type" TEXT NOT NULL,
    "record_id" UUID NOT NULL,
    "changed_fields" TEXT[] NOT NULL,
    "request_id" TEXT,

    CONSTRAINT "changes_pkey" PRIMARY KEY ("workspace_id","xid","seq")
);

-- CreateTable
CREATE TABLE "audit_entries" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_id" UUID NOT NULL,
    "operation" "ChangeOperation" NOT NULL,
    "type" TEXT NOT NULL,
    "record_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "changes" JSONB NOT NULL,
    "request_id" TEXT,

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "workspace_id" UUID NOT NULL,
    "actor_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "answer" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("workspace_id","actor_id","key","path")
);

-- CreateTable
CREATE TABLE "signing_keys" (
    "kid" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "private_jwk" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("kid")
);

-- CreateTable
CREATE TABLE "tasks" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT,
    "status" "TaskStatus" NOT NULL DEFAULT 'OPEN',
    "priority" "TaskPriority" NOT NULL DEFAULT 'NORMAL',
    "due_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "regarding_type" TEXT,
    "regarding_id" UUID,
    "assignee_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    "search_text" TEXT NOT NULL GENERATED ALWAYS AS (
        rapport_fold("title")
    ) STORED,

    CONSTRAINT "tasks_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "workspaces" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "default_currency" CHAR(3) NOT NULL DEFAULT 'USD',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workspaces_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "actors" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" "ActorKind" NOT NULL,
    "display_name" TEXT NOT NULL,
    "email" TEXT,
    "key_hash" TEXT,
    "expires_at" TIMESTAMPTZ(3),
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "actors_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "roles" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "permissions" TEXT[] NOT NULL,

    CONSTRAINT "roles_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "actor_roles" (
    "workspace_id" UUID NOT NULL,
    "actor_id" UUID NOT NULL,
    "role_id" UUID NOT NULL,

    CONSTRAINT "actor_roles_pkey" PRIMARY KEY ("workspace_id","actor_id","role_id")
);

-- CreateTable
CREATE TABLE "teams" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    "search_text" TEXT NOT NULL GENERATED ALWAYS AS (
        rapport_fold("name")
    ) STORED,

    CONSTRAINT "teams_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "team_members" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "is_lead" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "team_members_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE INDEX "accounts_workspace_id_name_id_idx" ON "accounts"("workspace_id", "name", "id");

-- CreateIndex
CREATE INDEX "accounts_workspace_id_created_at_id_idx" ON "accounts"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "accounts_workspace_id_industry_name_id_idx" ON "accounts"("workspace_id", "industry", "name", "id");

-- CreateIndex
CREATE INDEX "accounts_workspace_id_parent_id_idx" ON "accounts"("workspace_id", "parent_id");

-- CreateIndex
CREATE INDEX "accounts_workspace_id_owner_id_idx" ON "accounts"("workspace_id", "owner_id");

-- CreateIndex
CREATE INDEX "account_domains_workspace_id_account_id_idx" ON "account_domains"("workspace_id", "account_id");

-- CreateIndex
CREATE UNIQUE INDEX "account_domains_workspace_id_domain_idx" ON "account_domains"("workspace_id", "domain") WHERE "deleted_at" IS NULL;

-- CreateIndex
CREATE INDEX "account_addresses_workspace_id_account_id_idx" ON "account_addresses"("workspace_id", "account_id");

-- CreateIndex
CREATE INDEX "contacts_workspace_id_last_name_id_idx" ON "contacts"("workspace_id", "last_name", "id");

-- CreateIndex
CREATE INDEX "contacts_workspace_id_created_at_id_idx" ON "contacts"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "contacts_workspace_id_primary_email_idx" ON "contacts"("workspace_id", "primary_email");

-- CreateIndex
CREATE INDEX "contacts_workspace_id_owner_id_idx" ON "contacts"("workspace_id", "owner_id");

-- CreateIndex
CREATE INDEX "contact_emails_workspace_id_address_idx" ON "contact_emails"("workspace_id", "address");

-- CreateIndex
CREATE UNIQUE INDEX "contact_emails_workspace_id_contact_id_address_key" ON "contact_emails"("workspace_id", "contact_id", "address");

-- CreateIndex
CREATE INDEX "contact_phones_workspace_id_number_idx" ON "contact_phones"("workspace_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "contact_phones_workspace_id_contact_id_number_key" ON "contact_phones"("workspace_id", "contact_id", "number");

-- CreateIndex
CREATE INDEX "account_contacts_workspace_id_account_id_id_idx" ON "account_contacts"("workspace_id", "account_id", "id");

-- CreateIndex
CREATE INDEX "account_contacts_workspace_id_contact_id_id_idx" ON "account_contacts"("workspace_id", "contact_id", "id");

-- CreateIndex
CREATE INDEX "relationships_workspace_id_from_id_idx" ON "relationships"("workspace_id", "from_id");

-- CreateIndex
CREATE INDEX "relationships_workspace_id_to_id_idx" ON "relationships"("workspace_id", "to_id");

-- CreateIndex
CREATE INDEX "interactions_workspace_id_occurred_at_id_idx" ON "interactions"("workspace_id", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "interactions_workspace_id_created_at_id_idx" ON "interactions"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "interaction_participants_workspace_id_interaction_id_idx" ON "interaction_participants"("workspace_id", "interaction_id");

-- CreateIndex
CREATE INDEX "interaction_participants_workspace_id_contact_id_idx" ON "interaction_participants"("workspace_id", "contact_id");

-- CreateIndex
CREATE INDEX "interaction_regarding_workspace_id_record_id_idx" ON "interaction_regarding"("workspace_id", "record_id");

-- CreateIndex
CREATE UNIQUE INDEX "interaction_regarding_workspace_id_interaction_id_record_id_key" ON "interaction_regarding"("workspace_id", "interaction_id", "record_id");

-- CreateIndex
CREATE INDEX "timeline_entries_workspace_id_record_id_occurred_at_interac_idx" ON "timeline_entries"("workspace_id", "record_id", "occurred_at", "interaction_id");

-- CreateIndex
CREATE INDEX "timeline_entries_workspace_id_interaction_id_idx" ON "timeline_entries"("workspace_id", "interaction_id");

-- CreateIndex
CREATE INDEX "interaction_emails_workspace_id_thread_id_idx" ON "interaction_emails"("workspace_id", "thread_id");

-- CreateIndex
CREATE INDEX "changes_workspace_id_record_id_xid_seq_idx" ON "changes"("workspace_id", "record_id", "xid", "seq");

-- CreateIndex
CREATE INDEX "audit_entries_workspace_id_record_id_version_idx" ON "audit_entries"("workspace_id", "record_id", "version");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- CreateIndex
CREATE INDEX "tasks_workspace_id_regarding_id_id_idx" ON "tasks"("workspace_id", "regarding_id", "id");

-- CreateIndex
CREATE INDEX "tasks_workspace_id_assignee_id_due_at_id_idx" ON "tasks"("workspace_id", "assignee_id", "due_at", "id");

-- CreateIndex
CREATE INDEX "tasks_workspace_id_created_at_id_idx" ON "tasks"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "workspaces_slug_key" ON "workspaces"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "actors_key_hash_key" ON "actors"("key_hash");

-- CreateIndex
CREATE UNIQUE INDEX "actors_workspace_id_email_key" ON "actors"("workspace_id", "email");

-- CreateIndex
CREATE UNIQUE INDEX "roles_workspace_id_name_key" ON "roles"("workspace_id", "name");

-- CreateIndex
CREATE INDEX "actor_roles_workspace_id_role_id_idx" ON "actor_roles"("workspace_id", "role_id");

-- CreateIndex
CREATE INDEX "team_members_workspace_id_user_id_idx" ON "team_members"("workspace_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "team_members_workspace_id_team_id_user_id_key" ON "team_members"("workspace_id", "team_id", "user_id");

-- AddForeignKey
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_workspace_id_parent_id_fkey" FOREIGN KEY ("workspace_id", "parent_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_workspace_id_owner_id_fkey" FOREIGN KEY ("workspace_id", "owner_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_workspace_id_team_id_fkey" FOREIGN KEY ("workspace_id", "team_id") REFERENCES "teams"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "account_domains" ADD CONSTRAINT "account_domains_workspace_id_account_id_fkey" FOREIGN KEY ("workspace_id", "account_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account_addresses" ADD CONSTRAINT "account_addresses_workspace_id_account_id_fkey" FOREIGN KEY ("workspace_id", "account_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_workspace_id_owner_id_fkey" FOREIGN KEY ("workspace_id", "owner_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "contact_emails" ADD CONSTRAINT "contact_emails_workspace_id_contact_id_fkey" FOREIGN KEY ("workspace_id", "contact_id") REFERENCES "contacts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_phones" ADD CONSTRAINT "contact_phones_workspace_id_contact_id_fkey" FOREIGN KEY ("workspace_id", "contact_id") REFERENCES "contacts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account_contacts" ADD CONSTRAINT "account_contacts_workspace_id_account_id_fkey" FOREIGN KEY ("workspace_id", "account_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account_contacts" ADD CONSTRAINT "account_contacts_workspace_id_contact_id_fkey" FOREIGN KEY ("workspace_id", "contact_id") REFERENCES "contacts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "relationship_types" ADD CONSTRAINT "relationship_types_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "relationship_types" ADD CONSTRAINT "relationship_types_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "relationship_types" ADD CONSTRAINT "relationship_types_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "relationships" ADD CONSTRAINT "relationships_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "relationships" ADD CONSTRAINT "relationships_workspace_id_type_id_fkey" FOREIGN KEY ("workspace_id", "type_id") REFERENCES "relationship_types"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "relationships" ADD CONSTRAINT "relationships_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "relationships" ADD CONSTRAINT "relationships_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "interactions" ADD CONSTRAINT "interactions_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "interactions" ADD CONSTRAINT "interactions_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "interactions" ADD CONSTRAINT "interactions_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "interaction_participants" ADD CONSTRAINT "interaction_participants_workspace_id_interaction_id_fkey" FOREIGN KEY ("workspace_id", "interaction_id") REFERENCES "interactions"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "interaction_participants" ADD CONSTRAINT "interaction_participants_workspace_id_contact_id_fkey" FOREIGN KEY ("workspace_id", "contact_id") REFERENCES "contacts"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "interaction_participants" ADD CONSTRAINT "interaction_participants_workspace_id_user_id_fkey" FOREIGN KEY ("workspace_id", "user_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "interaction_regarding" ADD CONSTRAINT "interaction_regarding_workspace_id_interaction_id_fkey" FOREIGN KEY ("workspace_id", "interaction_id") REFERENCES "interactions"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "timeline_entries" ADD CONSTRAINT "timeline_entries_workspace_id_interaction_id_fkey" FOREIGN KEY ("workspace_id", "interaction_id") REFERENCES "interactions"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "interaction_calls" ADD CONSTRAINT "interaction_calls_workspace_id_id_fkey" FOREIGN KEY ("workspace_id", "id") REFERENCES "interactions"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "interaction_emails" ADD CONSTRAINT "interaction_emails_workspace_id_id_fkey" FOREIGN KEY ("workspace_id", "id") REFERENCES "interactions"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "interaction_meetings" ADD CONSTRAINT "interaction_meetings_workspace_id_id_fkey" FOREIGN KEY ("workspace_id", "id") REFERENCES "interactions"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "interaction_chats" ADD CONSTRAINT "interaction_chats_workspace_id_id_fkey" FOREIGN KEY ("workspace_id", "id") REFERENCES "interactions"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "interaction_social_posts" ADD CONSTRAINT "interaction_social_posts_workspace_id_id_fkey" FOREIGN KEY ("workspace_id", "id") REFERENCES "interactions"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "interaction_letters" ADD CONSTRAINT "interaction_letters_workspace_id_id_fkey" FOREIGN KEY ("workspace_id", "id") REFERENCES "interactions"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "interaction_faxes" ADD CONSTRAINT "interaction_faxes_workspace_id_id_fkey" FOREIGN KEY ("workspace_id", "id") REFERENCES "interactions"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "interaction_visits" ADD CONSTRAINT "interaction_visits_workspace_id_id_fkey" FOREIGN KEY ("workspace_id", "id") REFERENCES "interactions"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "changes" ADD CONSTRAINT "changes_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "changes" ADD CONSTRAINT "changes_workspace_id_actor_id_fkey" FOREIGN KEY ("workspace_id", "actor_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "audit_entries" ADD CONSTRAINT "audit_entries_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_entries" ADD CONSTRAINT "audit_entries_workspace_id_actor_id_fkey" FOREIGN KEY ("workspace_id", "actor_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_workspace_id_assignee_id_fkey" FOREIGN KEY ("workspace_id", "assignee_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "actors" ADD CONSTRAINT "actors_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "roles" ADD CONSTRAINT "roles_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "actor_roles" ADD CONSTRAINT "actor_roles_workspace_id_actor_id_fkey" FOREIGN KEY ("workspace_id", "actor_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "actor_roles" ADD CONSTRAINT "actor_roles_workspace_id_role_id_fkey" FOREIGN KEY ("workspace_id", "role_id") REFERENCES "roles"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "teams" ADD CONSTRAINT "teams_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "teams" ADD CONSTRAINT "teams_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "teams" ADD CONSTRAINT "teams_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_workspace_id_team_id_fkey" FOREIGN KEY ("workspace_id", "team_id") REFERENCES "teams"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_workspace_id_user_id_fkey" FOREIGN KEY ("workspace_id", "user_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- RowLevelSecurity
ALTER TABLE "accounts" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "accounts"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "accounts" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "account_domains" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "account_domains"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "account_domains" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "account_addresses" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "account_addresses"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "account_addresses" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "contacts" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "contacts"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "contacts" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "contact_emails" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "contact_emails"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "contact_emails" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "contact_phones" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "contact_phones"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "contact_phones" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "account_contacts" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "account_contacts"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "account_contacts" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "relationship_types" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "relationship_types"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "relationship_types" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "relationships" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "relationships"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "relationships" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "interactions" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "interactions"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "interactions" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "interaction_participants" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "interaction_participants"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "interaction_participants" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "interaction_regarding" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "interaction_regarding"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "interaction_regarding" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "timeline_entries" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "timeline_entries"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "timeline_entries" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "interaction_calls" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "interaction_calls"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "interaction_calls" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "interaction_emails" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "interaction_emails"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "interaction_emails" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "interaction_meetings" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "interaction_meetings"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "interaction_meetings" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "interaction_chats" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "interaction_chats"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "interaction_chats" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "interaction_social_posts" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "interaction_social_posts"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "interaction_social_posts" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "interaction_letters" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "interaction_letters"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "interaction_letters" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "interaction_faxes" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "interaction_faxes"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "interaction_faxes" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "interaction_visits" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "interaction_visits"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "interaction_visits" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "changes" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "changes"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT ON "changes" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "audit_entries" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "audit_entries"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT ON "audit_entries" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "idempotency_keys" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "idempotency_keys"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "idempotency_keys" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "signing_keys" ENABLE ROW LEVEL SECURITY;

-- RowLevelSecurity
ALTER TABLE "tasks" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "tasks"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "tasks" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "workspaces" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "workspaces"
  USING ("id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, UPDATE ON "workspaces" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "actors" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "actors"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "actors" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "roles" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "roles"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "roles" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "actor_roles" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "actor_roles"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "actor_roles" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "teams" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "teams"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "teams" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "team_members" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "team_members"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "team_members" TO rapport_app;

-- Names are unique among what is not deleted, so that a deleted record does not keep its name from others.
CREATE UNIQUE INDEX "teams_workspace_id_name_key" ON "teams"("workspace_id", "name") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "relationship_types_workspace_id_name_key" ON "relationship_types"("workspace_id", "name")
  WHERE "deleted_at" IS NULL;
-- Also for an interaction that has a source id but does not say of which system.
CREATE UNIQUE INDEX "interactions_workspace_id_source_source_id_key"
  ON "interactions"("workspace_id", "source", "source_id") NULLS NOT DISTINCT
  WHERE "source_id" IS NOT NULL AND "deleted_at" IS NULL;

-- One is the main one.
CREATE UNIQUE INDEX "account_domains_primary_idx" ON "account_domains"("workspace_id", "account_id") WHERE "is_primary";
CREATE UNIQUE INDEX "contact_emails_primary_idx" ON "contact_emails"("workspace_id", "contact_id") WHERE "is_primary";
CREATE UNIQUE INDEX "contact_phones_primary_idx" ON "contact_phones"("workspace_id", "contact_id") WHERE "is_primary";
CREATE UNIQUE INDEX "account_contacts_primary_idx" ON "account_contacts"("workspace_id", "contact_id") WHERE "is_primary";

-- What holds whatever the application does.
ALTER TABLE "accounts"
  ADD CONSTRAINT "accounts_parent_id_check" CHECK ("parent_id" <> "id"),
  ADD CONSTRAINT "accounts_employee_count_check" CHECK ("employee_count" >= 0),
  ADD CONSTRAINT "accounts_annual_revenue_check"
    CHECK ("annual_revenue_amount" IS NULL OR "annual_revenue_currency" IS NOT NULL);
ALTER TABLE "account_domains" ADD CONSTRAINT "account_domains_domain_check" CHECK ("domain" = lower("domain"));
ALTER TABLE "account_contacts" ADD CONSTRAINT "account_contacts_ended_on_check" CHECK ("ended_on" >= "started_on");
ALTER TABLE "contact_emails" ADD CONSTRAINT "contact_emails_address_check" CHECK ("address" = lower("address"));
ALTER TABLE "relationships"
  ADD CONSTRAINT "relationships_ended_on_check" CHECK ("ended_on" >= "started_on"),
  ADD CONSTRAINT "relationships_to_id_check" CHECK ("to_id" <> "from_id");
ALTER TABLE "interaction_calls" ADD CONSTRAINT "interaction_calls_duration_seconds_check" CHECK ("duration_seconds" >= 0);
ALTER TABLE "interaction_faxes" ADD CONSTRAINT "interaction_faxes_page_count_check" CHECK ("page_count" >= 0);
ALTER TABLE "actors" ADD CONSTRAINT "actors_email_check" CHECK ("email" = lower("email"));

-- Every relationship from each of its two sides. The second side's id is the relationship's with version 8 in place of
-- 7 (RFC 9562: a UUID of one's own making), so that it is unique, keeps its order in time, and leads back.
CREATE VIEW "relationship_sides" WITH (security_invoker = true) AS
  SELECT r."workspace_id", r."id", r."from_id" AS "self_id", r."to_type" AS "other_type", r."to_id" AS "other_id",
    t."name", t."inverse_name", r."started_on", r."ended_on"
  FROM "relationships" r
  JOIN "relationship_types" t ON t."workspace_id" = r."workspace_id" AND t."id" = r."type_id"
  WHERE r."deleted_at" IS NULL
  UNION ALL
  SELECT r."workspace_id", overlay(r."id"::text PLACING '8' FROM 15 FOR 1)::uuid, r."to_id", r."from_type", r."from_id",
    t."inverse_name", t."name", r."started_on", r."ended_on"
  FROM "relationships" r
  JOIN "relationship_types" t ON t."workspace_id" = r."workspace_id" AND t."id" = r."type_id"
  WHERE r."deleted_at" IS NULL;
GRANT SELECT ON "relationship_sides" TO rapport_app;
