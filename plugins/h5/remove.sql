-- DropForeignKey
ALTER TABLE "h5_notes" DROP CONSTRAINT "h5_notes_workspace_id_fkey";

-- DropForeignKey
ALTER TABLE "h5_notes" DROP CONSTRAINT "h5_notes_workspace_id_account_id_fkey";

-- DropForeignKey
ALTER TABLE "h5_notes" DROP CONSTRAINT "h5_notes_workspace_id_created_by_id_fkey";

-- DropForeignKey
ALTER TABLE "h5_notes" DROP CONSTRAINT "h5_notes_workspace_id_updated_by_id_fkey";

-- DropTable
DROP TABLE "h5_notes";
