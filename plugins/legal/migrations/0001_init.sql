-- CreateEnum
CREATE TYPE "legal_matter_status" AS ENUM ('PENDING', 'OPEN', 'CLOSED');

-- CreateEnum
CREATE TYPE "legal_party_role" AS ENUM ('CLIENT', 'ADVERSE_PARTY', 'COUNSEL', 'JUDGE', 'WITNESS', 'INSURER', 'OTHER');

-- CreateEnum
CREATE TYPE "legal_deadline_kind" AS ENUM ('LIMITATION', 'FILING', 'HEARING', 'CONTRACTUAL', 'OTHER');

-- CreateTable
CREATE TABLE "legal_matters" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "practice_area" TEXT,
    "status" "legal_matter_status" NOT NULL DEFAULT 'PENDING',
    "opened_on" DATE,
    "closed_on" DATE,
    "responsible_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    "search_text" TEXT NOT NULL GENERATED ALWAYS AS (
        rapport_fold("number" || ' ' || "name" || ' ' || coalesce("practice_area", ''))
    ) STORED,

    CONSTRAINT "legal_matters_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "legal_parties" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "matter_id" UUID NOT NULL,
    "contact_id" UUID,
    "account_id" UUID,
    "name" TEXT,
    "role" "legal_party_role" NOT NULL,
    "started_on" DATE,
    "ended_on" DATE,
    "position" INTEGER NOT NULL DEFAULT 0,
    "search_text" TEXT NOT NULL GENERATED ALWAYS AS (
        rapport_fold(coalesce("name", ''))
    ) STORED,

    CONSTRAINT "legal_parties_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "legal_names" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "contact_id" UUID,
    "account_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    "search_text" TEXT NOT NULL GENERATED ALWAYS AS (
        rapport_fold("name")
    ) STORED,

    CONSTRAINT "legal_names_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "legal_conflict_checks" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "matter_id" UUID,
    "names" TEXT[] NOT NULL,
    "hits" JSONB NOT NULL,
    "hit_count" INTEGER NOT NULL,
    "conflict_count" INTEGER NOT NULL,
    "matter_version" INTEGER,
    "note" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,

    CONSTRAINT "legal_conflict_checks_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "legal_deadlines" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "matter_id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "due_on" DATE NOT NULL,
    "kind" "legal_deadline_kind" NOT NULL DEFAULT 'OTHER',
    "completed_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" UUID NOT NULL,
    "updated_by_id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "legal_deadlines_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "legal_reminders" (
    "workspace_id" UUID NOT NULL,
    "deadline_id" UUID NOT NULL,
    "due_on" DATE NOT NULL,

    CONSTRAINT "legal_reminders_pkey" PRIMARY KEY ("workspace_id","deadline_id","due_on")
);

-- CreateIndex
CREATE INDEX "legal_matters_workspace_id_created_at_id_idx" ON "legal_matters"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "legal_matters_workspace_id_responsible_id_idx" ON "legal_matters"("workspace_id", "responsible_id");

-- CreateIndex
CREATE UNIQUE INDEX "legal_matters_workspace_id_number_key" ON "legal_matters"("workspace_id", "number");

-- CreateIndex
CREATE INDEX "legal_parties_workspace_id_matter_id_idx" ON "legal_parties"("workspace_id", "matter_id");

-- CreateIndex
CREATE INDEX "legal_parties_workspace_id_contact_id_id_idx" ON "legal_parties"("workspace_id", "contact_id", "id");

-- CreateIndex
CREATE INDEX "legal_parties_workspace_id_account_id_id_idx" ON "legal_parties"("workspace_id", "account_id", "id");

-- CreateIndex
CREATE INDEX "legal_names_workspace_id_contact_id_idx" ON "legal_names"("workspace_id", "contact_id");

-- CreateIndex
CREATE INDEX "legal_names_workspace_id_account_id_idx" ON "legal_names"("workspace_id", "account_id");

-- CreateIndex
CREATE INDEX "legal_conflict_checks_workspace_id_matter_id_created_at_idx" ON "legal_conflict_checks"("workspace_id", "matter_id", "created_at");

-- CreateIndex
CREATE INDEX "legal_conflict_checks_workspace_id_created_at_id_idx" ON "legal_conflict_checks"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "legal_deadlines_workspace_id_matter_id_due_on_idx" ON "legal_deadlines"("workspace_id", "matter_id", "due_on");

-- CreateIndex
CREATE INDEX "legal_deadlines_workspace_id_due_on_id_idx" ON "legal_deadlines"("workspace_id", "due_on", "id");

-- AddForeignKey
ALTER TABLE "legal_matters" ADD CONSTRAINT "legal_matters_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_matters" ADD CONSTRAINT "legal_matters_workspace_id_responsible_id_fkey" FOREIGN KEY ("workspace_id", "responsible_id") REFERENCES "actors"("workspace_id", "id") ON DELETE SET NULL ("responsible_id") ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_matters" ADD CONSTRAINT "legal_matters_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_matters" ADD CONSTRAINT "legal_matters_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_parties" ADD CONSTRAINT "legal_parties_workspace_id_matter_id_fkey" FOREIGN KEY ("workspace_id", "matter_id") REFERENCES "legal_matters"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_parties" ADD CONSTRAINT "legal_parties_workspace_id_contact_id_fkey" FOREIGN KEY ("workspace_id", "contact_id") REFERENCES "contacts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_parties" ADD CONSTRAINT "legal_parties_workspace_id_account_id_fkey" FOREIGN KEY ("workspace_id", "account_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_names" ADD CONSTRAINT "legal_names_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_names" ADD CONSTRAINT "legal_names_workspace_id_contact_id_fkey" FOREIGN KEY ("workspace_id", "contact_id") REFERENCES "contacts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_names" ADD CONSTRAINT "legal_names_workspace_id_account_id_fkey" FOREIGN KEY ("workspace_id", "account_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_names" ADD CONSTRAINT "legal_names_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_names" ADD CONSTRAINT "legal_names_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_conflict_checks" ADD CONSTRAINT "legal_conflict_checks_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_conflict_checks" ADD CONSTRAINT "legal_conflict_checks_workspace_id_matter_id_fkey" FOREIGN KEY ("workspace_id", "matter_id") REFERENCES "legal_matters"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_conflict_checks" ADD CONSTRAINT "legal_conflict_checks_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_deadlines" ADD CONSTRAINT "legal_deadlines_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_deadlines" ADD CONSTRAINT "legal_deadlines_workspace_id_matter_id_fkey" FOREIGN KEY ("workspace_id", "matter_id") REFERENCES "legal_matters"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_deadlines" ADD CONSTRAINT "legal_deadlines_workspace_id_created_by_id_fkey" FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_deadlines" ADD CONSTRAINT "legal_deadlines_workspace_id_updated_by_id_fkey" FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_reminders" ADD CONSTRAINT "legal_reminders_workspace_id_deadline_id_fkey" FOREIGN KEY ("workspace_id", "deadline_id") REFERENCES "legal_deadlines"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- RowLevelSecurity
ALTER TABLE "legal_matters" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "legal_matters"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "legal_matters" TO rapport_app;

-- Search
CREATE INDEX "legal_matters_words_idx" ON "legal_matters" USING gin ("workspace_id", rapport_words("search_text"));
CREATE INDEX "legal_matters_likeness_idx" ON "legal_matters"
  USING gin ("workspace_id", rapport_head("search_text") gin_trgm_ops);
CREATE FUNCTION "legal_matters_search"(query text) RETURNS TABLE (id uuid, rank float8)
  LANGUAGE sql STABLE PARALLEL SAFE STRICT SECURITY DEFINER ROWS 100
  SET search_path = pg_catalog, public, pg_temp
  SET pg_trgm.word_similarity_threshold = 0.5
AS $$ SELECT * FROM rapport_search('"legal_matters"', query) $$;
REVOKE EXECUTE ON FUNCTION "legal_matters_search"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "legal_matters_search"(text) TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "legal_parties" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "legal_parties"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "legal_parties" TO rapport_app;

-- Search
CREATE INDEX "legal_parties_words_idx" ON "legal_parties" USING gin ("workspace_id", rapport_words("search_text"));
CREATE INDEX "legal_parties_likeness_idx" ON "legal_parties"
  USING gin ("workspace_id", rapport_head("search_text") gin_trgm_ops);
CREATE FUNCTION "legal_parties_search"(query text) RETURNS TABLE (id uuid, rank float8)
  LANGUAGE sql STABLE PARALLEL SAFE STRICT SECURITY DEFINER ROWS 100
  SET search_path = pg_catalog, public, pg_temp
  SET pg_trgm.word_similarity_threshold = 0.5
AS $$ SELECT * FROM rapport_search('"legal_parties"', query) $$;
REVOKE EXECUTE ON FUNCTION "legal_parties_search"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "legal_parties_search"(text) TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "legal_names" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "legal_names"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "legal_names" TO rapport_app;

-- Search
CREATE INDEX "legal_names_words_idx" ON "legal_names" USING gin ("workspace_id", rapport_words("search_text"));
CREATE INDEX "legal_names_likeness_idx" ON "legal_names"
  USING gin ("workspace_id", rapport_head("search_text") gin_trgm_ops);
CREATE FUNCTION "legal_names_search"(query text) RETURNS TABLE (id uuid, rank float8)
  LANGUAGE sql STABLE PARALLEL SAFE STRICT SECURITY DEFINER ROWS 100
  SET search_path = pg_catalog, public, pg_temp
  SET pg_trgm.word_similarity_threshold = 0.5
AS $$ SELECT * FROM rapport_search('"legal_names"', query) $$;
REVOKE EXECUTE ON FUNCTION "legal_names_search"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "legal_names_search"(text) TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "legal_conflict_checks" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "legal_conflict_checks"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "legal_conflict_checks" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "legal_deadlines" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "legal_deadlines"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "legal_deadlines" TO rapport_app;

-- RowLevelSecurity
ALTER TABLE "legal_reminders" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "legal_reminders"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "legal_reminders" TO rapport_app;

-- Check
ALTER TABLE "legal_parties" ADD CONSTRAINT "legal_parties_one_check"
  CHECK (num_nonnulls("contact_id", "account_id", "name") = 1);
ALTER TABLE "legal_names" ADD CONSTRAINT "legal_names_one_check" CHECK (num_nonnulls("contact_id", "account_id") = 1);

-- Function
-- How like two folded names are, from 0 to 1: by the trigrams they share, so that neither the order of words matters nor a
-- word that only one of them has, and an initial or a misspelling little.
CREATE FUNCTION "legal_likeness"(one text, other text) RETURNS float8
  LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT COST 5000
AS $$
  SELECT greatest(
    shared::float8 / nullif(cardinality(ones) + cardinality(others) - shared, 0),
    0.9 * shared / nullif(least(cardinality(ones), cardinality(others)), 0)
  )
  FROM (SELECT show_trgm(one) AS ones, show_trgm(other) AS others) grams
  CROSS JOIN LATERAL (
    SELECT count(*) AS shared FROM (SELECT unnest(ones) INTERSECT SELECT unnest(others)) both_have
  ) counted
$$;

-- Function
-- Everybody in the workspace who may be one of those looked for or is related to one, with what they are in other matters.
-- Those looked for are the parties of a matter, records, and names. What was put away counts too: duties to a client
-- outlive the record of it. One row for each party and for each record that is no party, the worst first.
CREATE FUNCTION "legal_conflicts"(space uuid, own_matter uuid, contact_ids uuid[], account_ids uuid[], names text[])
  RETURNS TABLE (
    reason text, score float8, is_conflict boolean, searched text, type text, id uuid, party uuid, matter uuid
  )
  LANGUAGE sql STABLE ROWS 20
AS $$
  WITH RECURSIVE given AS (
    SELECT p.role::text AS role, p.contact_id, p.account_id, coalesce(c.full_name, a.name, p.name) AS name,
      p.name AS typed
    FROM legal_parties p
    LEFT JOIN contacts c ON c.workspace_id = p.workspace_id AND c.id = p.contact_id
    LEFT JOIN accounts a ON a.workspace_id = p.workspace_id AND a.id = p.account_id
    WHERE p.workspace_id = space AND p.matter_id = own_matter
    UNION
    SELECT NULL, c.id, NULL, c.full_name, NULL FROM contacts c WHERE c.workspace_id = space AND c.id = ANY (contact_ids)
    UNION
    SELECT NULL, NULL, a.id, a.name, NULL FROM accounts a WHERE a.workspace_id = space AND a.id = ANY (account_ids)
    UNION
    SELECT NULL, NULL, NULL, n, n FROM unnest(names) n
  ), subjects AS MATERIALIZED (
    SELECT row_number() OVER () AS subject, coalesce(contact_id, account_id) AS id,
      CASE WHEN contact_id IS NULL THEN 'Account' ELSE 'Contact' END AS type, role, typed, folded
    FROM (
      SELECT role, contact_id, account_id, typed, trim(rapport_fold(name)) AS folded FROM given
      UNION
      SELECT g.role, g.contact_id, g.account_id, NULL, trim(n.search_text) FROM given g
      JOIN legal_names n ON n.workspace_id = space AND n.deleted_at IS NULL
        AND (n.contact_id = g.contact_id OR n.account_id = g.account_id)
    ) every_name
  ), words AS (
    -- What says that something is a company does not say which. The longest words tell most.
    SELECT subject, word, row_number() OVER (PARTITION BY subject ORDER BY length(word) DESC, word) AS place
    FROM (SELECT DISTINCT subject, folded, regexp_split_to_table(folded, ' +') AS word FROM subjects) split
    WHERE word <> '' AND (word = folded OR word NOT IN (
      'ab', 'ag', 'bv', 'co', 'company', 'corp', 'corporation', 'gmbh', 'inc', 'kg', 'limited', 'llc', 'llp', 'ltd',
      'nv', 'oy', 'plc', 'sa', 'sarl', 'se', 'spa', 'srl'))
  ), searches AS (
    -- Each pair of the three longest words, one of the two as an initial: so a name is found also where other words of
    -- it are missing or shortened. A search minds no order.
    SELECT DISTINCT w.subject, concat_ws(' ', w.word, left(o.word, 1)) AS query
    FROM words w LEFT JOIN words o ON o.subject = w.subject AND o.place <> w.place AND o.place <= 3
    WHERE w.place <= 3
  ), candidates AS MATERIALIZED (
    -- A name that very many have must not hide the one of them who is a party.
    SELECT DISTINCT s.subject, f.type, f.id, f.folded FROM searches s CROSS JOIN LATERAL (
      (SELECT 'Contact' AS type, c.id, rapport_fold(c.full_name) AS folded FROM contacts_search(s.query) r
        JOIN contacts c ON c.workspace_id = space AND c.id = r.id
        ORDER BY EXISTS (SELECT FROM legal_parties p WHERE p.workspace_id = space AND p.contact_id = c.id) DESC,
          r.rank DESC LIMIT 500)
      UNION ALL
      (SELECT 'Account', a.id, rapport_fold(a.name) FROM accounts_search(s.query) r
        JOIN accounts a ON a.workspace_id = space AND a.id = r.id
        ORDER BY EXISTS (SELECT FROM legal_parties p WHERE p.workspace_id = space AND p.account_id = a.id) DESC,
          r.rank DESC LIMIT 500)
      UNION ALL
      (SELECT CASE WHEN n.contact_id IS NULL THEN 'Account' ELSE 'Contact' END, coalesce(n.contact_id, n.account_id),
          n.search_text
        FROM legal_names_search(s.query) r
        JOIN legal_names n ON n.workspace_id = space AND n.id = r.id AND n.deleted_at IS NULL
        ORDER BY r.rank DESC LIMIT 500)
      UNION ALL
      (SELECT 'Party', p.id, p.search_text FROM legal_parties_search(s.query) r
        JOIN legal_parties p ON p.workspace_id = space AND p.id = r.id AND p.matter_id IS DISTINCT FROM own_matter
        ORDER BY r.rank DESC LIMIT 500)
    ) f
  ), matched AS MATERIALIZED (
    SELECT subject, type, id, max(score) AS score FROM (
      SELECT c.subject, c.type, c.id, legal_likeness(s.folded, trim(c.folded)) AS score
      FROM candidates c JOIN subjects s USING (subject)
      UNION ALL
      SELECT subject, type, id, 1 FROM subjects WHERE id IS NOT NULL
    ) scored WHERE score >= 0.6 GROUP BY 1, 2, 3
  ), above AS (
    SELECT m.subject, m.score, a.parent_id AS id, 1 AS level FROM matched m
    JOIN accounts a ON m.type = 'Account' AND a.workspace_id = space AND a.id = m.id
    UNION ALL
    SELECT u.subject, u.score, a.parent_id, u.level + 1 FROM above u
    JOIN accounts a ON a.workspace_id = space AND a.id = u.id WHERE u.level < 50
  ), below AS (
    SELECT m.subject, m.score, a.id, 1 AS level FROM matched m
    JOIN accounts a ON m.type = 'Account' AND a.workspace_id = space AND a.parent_id = m.id
    UNION ALL
    SELECT b.subject, b.score, a.id, b.level + 1 FROM below b
    JOIN accounts a ON a.workspace_id = space AND a.parent_id = b.id WHERE b.level < 50
  ), people AS (
    SELECT subject, 'NAME' AS reason, score, type, id FROM matched
    UNION
    SELECT m.subject, 'RELATIONSHIP', m.score * 0.8, s.other_type, s.other_id FROM matched m
    JOIN relationship_sides s ON s.workspace_id = space AND s.self_id = m.id
    UNION
    SELECT subject, 'HIERARCHY', score * 0.8, 'Account', id FROM above WHERE id IS NOT NULL
    UNION
    SELECT subject, 'HIERARCHY', score * 0.8, 'Account', id FROM below
  ), hits AS (
    SELECT DISTINCT ON (coalesce(p.id, f.id))
      CASE WHEN f.id = s.id THEN 'SAME_RECORD' ELSE f.reason END AS reason, f.score, side.is_conflict, s.typed,
      f.type, f.id, p.id AS party, p.matter_id
    FROM people f
    JOIN subjects s USING (subject)
    LEFT JOIN legal_parties p ON p.workspace_id = space AND p.matter_id IS DISTINCT FROM own_matter
      AND (p.contact_id = f.id OR p.account_id = f.id OR p.id = f.id)
    CROSS JOIN LATERAL (
      SELECT coalesce(
        p.role IN ('CLIENT', 'ADVERSE_PARTY') AND coalesce(s.role IN ('CLIENT', 'ADVERSE_PARTY') AND s.role <> p.role::text, true),
        false) AS is_conflict
    ) side
    WHERE p.id IS NOT NULL OR f.id IS DISTINCT FROM s.id
    ORDER BY coalesce(p.id, f.id), side.is_conflict DESC, f.score DESC
  )
  SELECT reason, score, is_conflict, typed, type, id, party, matter_id FROM hits
  ORDER BY is_conflict DESC, score DESC, coalesce(party, id)
$$;
