-- DropFunction
DROP FUNCTION "courses_courses_search"(text);

-- DropForeignKey
ALTER TABLE "courses_courses" DROP CONSTRAINT "courses_courses_workspace_id_fkey";

-- DropForeignKey
ALTER TABLE "courses_courses" DROP CONSTRAINT "courses_courses_workspace_id_venue_id_fkey";

-- DropForeignKey
ALTER TABLE "courses_courses" DROP CONSTRAINT "courses_courses_workspace_id_created_by_id_fkey";

-- DropForeignKey
ALTER TABLE "courses_courses" DROP CONSTRAINT "courses_courses_workspace_id_updated_by_id_fkey";

-- DropForeignKey
ALTER TABLE "courses_sessions" DROP CONSTRAINT "courses_sessions_workspace_id_course_id_fkey";

-- DropForeignKey
ALTER TABLE "courses_enrollments" DROP CONSTRAINT "courses_enrollments_workspace_id_fkey";

-- DropForeignKey
ALTER TABLE "courses_enrollments" DROP CONSTRAINT "courses_enrollments_workspace_id_course_id_fkey";

-- DropForeignKey
ALTER TABLE "courses_enrollments" DROP CONSTRAINT "courses_enrollments_workspace_id_contact_id_fkey";

-- DropForeignKey
ALTER TABLE "courses_enrollments" DROP CONSTRAINT "courses_enrollments_workspace_id_created_by_id_fkey";

-- DropForeignKey
ALTER TABLE "courses_enrollments" DROP CONSTRAINT "courses_enrollments_workspace_id_updated_by_id_fkey";

-- DropForeignKey
ALTER TABLE "courses_webinars" DROP CONSTRAINT "courses_webinars_workspace_id_id_fkey";

-- DropForeignKey
ALTER TABLE "courses_webinars" DROP CONSTRAINT "courses_webinars_workspace_id_course_id_fkey";

-- DropTable
DROP TABLE "courses_courses";

-- DropTable
DROP TABLE "courses_sessions";

-- DropTable
DROP TABLE "courses_enrollments";

-- DropTable
DROP TABLE "courses_webinars";

-- DropEnum
DROP TYPE "courses_status";
