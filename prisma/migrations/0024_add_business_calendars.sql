-- CreateEnum
CREATE TYPE "Weekday" AS ENUM ('MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY');

-- CreateTable
CREATE TABLE "business_calendars" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "business_calendars_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "business_hours" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "business_calendar_id" UUID NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,
    "weekday" "Weekday" NOT NULL,
    "from_time" TEXT NOT NULL,
    "to_time" TEXT NOT NULL,

    CONSTRAINT "business_hours_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "business_holidays" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "business_calendar_id" UUID NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,
    "on_day" DATE NOT NULL,
    "name" TEXT,

    CONSTRAINT "business_holidays_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateIndex
CREATE INDEX "business_hours_workspace_id_business_calendar_id_idx" ON "business_hours"("workspace_id", "business_calendar_id");

-- CreateIndex
CREATE UNIQUE INDEX "business_holidays_workspace_id_business_calendar_id_on_day_key" ON "business_holidays"("workspace_id", "business_calendar_id", "on_day");

-- AddForeignKey
ALTER TABLE "business_calendars" ADD CONSTRAINT "business_calendars_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "business_calendars" ADD CONSTRAINT "business_calendars_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "business_calendars" ADD CONSTRAINT "business_calendars_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

-- AddForeignKey
ALTER TABLE "business_hours" ADD CONSTRAINT "business_hours_workspace_id_business_calendar_id_fkey" FOREIGN KEY ("workspace_id", "business_calendar_id") REFERENCES "business_calendars"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "business_holidays" ADD CONSTRAINT "business_holidays_workspace_id_business_calendar_id_fkey" FOREIGN KEY ("workspace_id", "business_calendar_id") REFERENCES "business_calendars"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- RowLevelSecurity
ALTER TABLE "business_calendars" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "business_calendars"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "business_calendars" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "business_hours" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "business_hours"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "business_hours" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "business_holidays" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "business_holidays"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "business_holidays" TO rapport_app;
