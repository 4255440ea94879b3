-- CreateTable
CREATE TABLE "address_keys" (
    "id" INTEGER NOT NULL,
    "secret" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "address_keys_pkey" PRIMARY KEY ("id")
);

-- RowLevelSecurity
ALTER TABLE "address_keys" ENABLE ROW LEVEL SECURITY;
