-- AlterTable
ALTER TABLE "workspaces" ADD COLUMN     "fiscal_year_start_month" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "time_zone" TEXT NOT NULL DEFAULT 'UTC';
