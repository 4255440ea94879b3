-- CreateEnum
CREATE TYPE "courses_status" AS ENUM ('PLANNED', 'CANCELLED');

-- CreateTable
CREATE TABLE "courses_courses" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "starts_on" DATE NOT NULL,
    "capacity" INTEGER NOT NULL DEFAULT 12,
    "fee_amount" DECIMAL(20,4),
    "fee_currency" CHAR(3),
    "status" "courses_status" NOT NULL DEFAULT 'PLANNED',
    "about_type" TEXT,
    "about_id" UUID,
    "venue_id" UUID,
    "search_text" TEXT NOT NULL GENERATED ALWAYS AS (rapport_fold("title")) STORED,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID,
    "updated_by_id" UUID,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "courses_courses_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "courses_sessions" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "course_id" UUID NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "topic" TEXT,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "courses_sessions_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "courses_enrollments" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "course_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "booking_code" TEXT,
    "has_attended" BOOLEAN NOT NULL DEFAULT false,
    "reminded_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID,
    "updated_by_id" UUID,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "courses_enrollments_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "courses_webinars" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "course_id" UUID,
    "minutes" INTEGER,

    CONSTRAINT "courses_webinars_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE INDEX "courses_courses_workspace_id_starts_on_id_idx" ON "courses_courses"("workspace_id", "starts_on", "id");

-- CreateIndex
CREATE INDEX "courses_courses_workspace_id_venue_id_idx" ON "courses_courses"("workspace_id", "venue_id");

-- CreateIndex
CREATE INDEX "courses_sessions_workspace_id_course_id_idx" ON "courses_sessions"("workspace_id", "course_id");

-- CreateIndex
CREATE INDEX "courses_enrollments_workspace_id_contact_id_idx" ON "courses_enrollments"("workspace_id", "contact_id");

-- CreateIndex
CREATE UNIQUE INDEX "courses_enrollments_workspace_id_course_id_contact_id_key" ON "courses_enrollments"("workspace_id", "course_id", "contact_id");

-- CreateIndex
CREATE UNIQUE INDEX "courses_enrollments_workspace_id_booking_code_key" ON "courses_enrollments"("workspace_id", "booking_code");

-- CreateIndex
CREATE INDEX "courses_webinars_workspace_id_course_id_idx" ON "courses_webinars"("workspace_id", "course_id");

-- AddForeignKey
ALTER TABLE "courses_courses" ADD CONSTRAINT "courses_courses_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "courses_courses" ADD CONSTRAINT "courses_courses_workspace_id_venue_id_fkey" FOREIGN KEY ("workspace_id", "venue_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE SET NULL ("venue_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "courses_courses" ADD CONSTRAINT "courses_courses_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("created_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "courses_courses" ADD CONSTRAINT "courses_courses_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("updated_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "courses_sessions" ADD CONSTRAINT "courses_sessions_workspace_id_course_id_fkey" FOREIGN KEY ("workspace_id", "course_id") REFERENCES "courses_courses"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "courses_enrollments" ADD CONSTRAINT "courses_enrollments_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "courses_enrollments" ADD CONSTRAINT "courses_enrollments_workspace_id_course_id_fkey" FOREIGN KEY ("workspace_id", "course_id") REFERENCES "courses_courses"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "courses_enrollments" ADD CONSTRAINT "courses_enrollments_workspace_id_contact_id_fkey" FOREIGN KEY ("workspace_id", "contact_id") REFERENCES "contacts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "courses_enrollments" ADD CONSTRAINT "courses_enrollments_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("created_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "courses_enrollments" ADD CONSTRAINT "courses_enrollments_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("updated_by_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "courses_webinars" ADD CONSTRAINT "courses_webinars_workspace_id_id_fkey" FOREIGN KEY ("workspace_id", "id") REFERENCES "interactions"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "courses_webinars" ADD CONSTRAINT "courses_webinars_workspace_id_course_id_fkey" FOREIGN KEY ("workspace_id", "course_id") REFERENCES "courses_courses"("workspace_id", "id") ON DELETE SET NULL ("course_id") ON UPDATE CASCADE;

-- RowLevelSecurity
ALTER TABLE "courses_courses" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "courses_courses"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "courses_courses" TO rapport_app;

-- Search
CREATE INDEX "courses_courses_words_idx" ON "courses_courses" USING gin ("workspace_id", rapport_words("search_text"));
CREATE INDEX "courses_courses_likeness_idx" ON "courses_courses"
  USING gin ("workspace_id", rapport_head("search_text") gin_trgm_ops);
CREATE FUNCTION "courses_courses_search"(query text) RETURNS TABLE (id uuid, rank float8)
  LANGUAGE sql STABLE PARALLEL SAFE STRICT SECURITY DEFINER ROWS 100
  SET search_path = pg_catalog, public, pg_temp
  SET pg_trgm.word_similarity_threshold = 0.5
AS $$ SELECT * FROM rapport_search('"courses_courses"', query) $$;
REVOKE EXECUTE ON FUNCTION "courses_courses_search"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "courses_courses_search"(text) TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "courses_sessions" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "courses_sessions"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "courses_sessions" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "courses_enrollments" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "courses_enrollments"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "courses_enrollments" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "courses_webinars" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "courses_webinars"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "courses_webinars" TO rapport_app;
