-- CreateEnum
CREATE TYPE "PipelineInterval" AS ENUM ('MONTH', 'QUARTER', 'YEAR', 'FISCAL_QUARTER', 'FISCAL_YEAR');

-- AlterTable
ALTER TABLE "pipelines" ADD COLUMN     "idle_days" INTEGER NOT NULL DEFAULT 14;

ALTER TABLE "pipelines" ADD CONSTRAINT "pipelines_idle_days_check" CHECK ("idle_days" BETWEEN 1 AND 365);
