CREATE TYPE "shelf_book_status" AS ENUM ('FREE', 'LENT');

CREATE TABLE "shelf_books" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "library" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "isbn" TEXT,
    "price" DECIMAL(20,4),
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "status" "shelf_book_status" NOT NULL DEFAULT 'FREE',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "shelf_books_pkey" PRIMARY KEY ("workspace_id","id")
);

CREATE UNIQUE INDEX "shelf_books_workspace_id_library_number_key" ON "shelf_books"("workspace_id", "library", "number");
CREATE UNIQUE INDEX "shelf_books_workspace_id_isbn_key" ON "shelf_books"("workspace_id", "isbn");

ALTER TABLE "shelf_books" ADD CONSTRAINT "shelf_books_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "shelf_books" ADD CONSTRAINT "shelf_books_created_by_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;
ALTER TABLE "shelf_books" ADD CONSTRAINT "shelf_books_updated_by_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE;

ALTER TABLE "shelf_books" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "shelf_books"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "shelf_books" TO rapport_app;
