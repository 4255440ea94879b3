DROP TABLE "nonprofit_constituents";
DROP TABLE "nonprofit_gift_allocations";
DROP TABLE "nonprofit_gifts";
DROP TABLE "nonprofit_funds";
DROP TYPE "nonprofit_gift_status";
DROP TYPE "nonprofit_gift_method";
