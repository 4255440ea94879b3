-- A venue holds one planned course a day. models.prisma can't express this, so it is written by hand.
CREATE UNIQUE INDEX "courses_courses_venue_day_key" ON "courses_courses" ("workspace_id", "venue_id", "starts_on")
  WHERE "status" = 'PLANNED' AND "deleted_at" IS NULL;
