-- Search. Behind a row-level security policy PostgreSQL uses an index only for operators that are leakproof, and those
-- of search are not: each search would read the whole workspace. So a search is a function of the owner, whom no policy
-- holds. It keeps to the workspace itself, and finds nothing without app.workspace_id.

-- The words of a folded text. PL/pgSQL because a function in SQL is replaced by its body, and its cost is lost with it:
-- to_tsvector is taken to be so cheap that every record is parsed where the index has the answer.
CREATE FUNCTION rapport_words(folded text) RETURNS tsvector
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT COST 10000
AS $$ BEGIN RETURN to_tsvector('pg_catalog.simple', folded); END $$;

-- The part of a folded text that is compared for likeness. A long text has trigrams of nearly everything: it would have
-- to be compared for every search. The cost is that of the comparison, which pg_trgm does not tell.
CREATE FUNCTION rapport_head(folded text) RETURNS text
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT COST 5000
AS $$ BEGIN RETURN left(folded, 200); END $$;

-- Finds the records in which every word sought begins some word, or in whose head every word is like one: a word of 4
-- letters or more may be misspelled, one of 3 may be in the middle, a shorter one has to begin a word.
-- Rank of beginnings: 2, the share of the words that are there as they are, half the share that they are of the head.
-- Rank of likeness: at most 1.5. It takes too long to be measured for all the records where a common word begins one.
CREATE FUNCTION rapport_search(target regclass, query text) RETURNS TABLE (id uuid, rank float8)
  LANGUAGE plpgsql STABLE PARALLEL SAFE STRICT ROWS 100
AS $$
DECLARE
  folded text := trim(rapport_fold(query));
  -- Taken apart by the parser that took the records apart; nothing but letters and digits is left.
  words text[] := tsvector_to_array(rapport_words(folded));
  prefixes text;
  likes text;
  wholes text;
BEGIN
  IF words = '{}' THEN
    RETURN;
  END IF;
  SELECT
    string_agg(quote_literal(word) || ':*', ' & '),
    CASE WHEN max(length(word)) < 3 THEN 'false' ELSE string_agg(
      CASE
        WHEN length(word) < 3 THEN format('rapport_words(search_text) @@ %L::tsquery', quote_literal(word) || ':*')
        WHEN length(word) = 3 THEN format('rapport_head(search_text) LIKE %L', '%' || word || '%')
        ELSE format('%L <%% rapport_head(search_text)', word)
      END, ' AND ') END,
    string_agg(format('(strpos(head, %L) > 0)::int', ' ' || word || ' '), ' + ')
  INTO prefixes, likes, wholes
  FROM unnest(words) word;
  -- The words are constants of the statement, so that it is planned by how common they are.
  RETURN QUERY EXECUTE format($statement$
    WITH begun AS MATERIALIZED (
      SELECT id, ' ' || rapport_head(search_text) || ' ' AS head FROM %1$s
      WHERE workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
        AND rapport_words(search_text) @@ %2$L::tsquery
    )
    SELECT id, 2 + (%4$s)::float8 / $2 + length($1)::float8 / length(head) / 2
    FROM begun
    UNION ALL
    SELECT id, (word_similarity($1, rapport_head(search_text)) + similarity($1, rapport_head(search_text)) / 2)::float8
    FROM %1$s
    WHERE workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
      AND %3$s
      AND id NOT IN (SELECT id FROM begun)
  $statement$, target, prefixes, likes, wholes)
  USING folded, cardinality(words);
END $$;
REVOKE EXECUTE ON FUNCTION rapport_search(regclass, text) FROM PUBLIC;

-- In each table the indexes come first: they load pg_trgm, and a parameter that PostgreSQL does not know yet may only
-- be set on a function by a superuser.

-- Search
CREATE INDEX "accounts_words_idx" ON "accounts" USING gin ("workspace_id", rapport_words("search_text"));
CREATE INDEX "accounts_likeness_idx" ON "accounts"
  USING gin ("workspace_id", rapport_head("search_text") gin_trgm_ops);
CREATE FUNCTION "accounts_search"(query text) RETURNS TABLE (id uuid, rank float8)
  LANGUAGE sql STABLE PARALLEL SAFE STRICT SECURITY DEFINER ROWS 100
  SET search_path = pg_catalog, public, pg_temp
  SET pg_trgm.word_similarity_threshold = 0.5
AS $$ SELECT * FROM rapport_search('"accounts"', query) $$;
REVOKE EXECUTE ON FUNCTION "accounts_search"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "accounts_search"(text) TO rapport_app;

-- Search
CREATE INDEX "contacts_words_idx" ON "contacts" USING gin ("workspace_id", rapport_words("search_text"));
CREATE INDEX "contacts_likeness_idx" ON "contacts"
  USING gin ("workspace_id", rapport_head("search_text") gin_trgm_ops);
CREATE FUNCTION "contacts_search"(query text) RETURNS TABLE (id uuid, rank float8)
  LANGUAGE sql STABLE PARALLEL SAFE STRICT SECURITY DEFINER ROWS 100
  SET search_path = pg_catalog, public, pg_temp
  SET pg_trgm.word_similarity_threshold = 0.5
AS $$ SELECT * FROM rapport_search('"contacts"', query) $$;
REVOKE EXECUTE ON FUNCTION "contacts_search"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "contacts_search"(text) TO rapport_app;

-- Search
CREATE INDEX "interactions_words_idx" ON "interactions" USING gin ("workspace_id", rapport_words("search_text"));
CREATE INDEX "interactions_likeness_idx" ON "interactions"
  USING gin ("workspace_id", rapport_head("search_text") gin_trgm_ops);
CREATE FUNCTION "interactions_search"(query text) RETURNS TABLE (id uuid, rank float8)
  LANGUAGE sql STABLE PARALLEL SAFE STRICT SECURITY DEFINER ROWS 100
  SET search_path = pg_catalog, public, pg_temp
  SET pg_trgm.word_similarity_threshold = 0.5
AS $$ SELECT * FROM rapport_search('"interactions"', query) $$;
REVOKE EXECUTE ON FUNCTION "interactions_search"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "interactions_search"(text) TO rapport_app;

-- Search
CREATE INDEX "tasks_words_idx" ON "tasks" USING gin ("workspace_id", rapport_words("search_text"));
CREATE INDEX "tasks_likeness_idx" ON "tasks"
  USING gin ("workspace_id", rapport_head("search_text") gin_trgm_ops);
CREATE FUNCTION "tasks_search"(query text) RETURNS TABLE (id uuid, rank float8)
  LANGUAGE sql STABLE PARALLEL SAFE STRICT SECURITY DEFINER ROWS 100
  SET search_path = pg_catalog, public, pg_temp
  SET pg_trgm.word_similarity_threshold = 0.5
AS $$ SELECT * FROM rapport_search('"tasks"', query) $$;
REVOKE EXECUTE ON FUNCTION "tasks_search"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "tasks_search"(text) TO rapport_app;

-- Search
CREATE INDEX "teams_words_idx" ON "teams" USING gin ("workspace_id", rapport_words("search_text"));
CREATE INDEX "teams_likeness_idx" ON "teams"
  USING gin ("workspace_id", rapport_head("search_text") gin_trgm_ops);
CREATE FUNCTION "teams_search"(query text) RETURNS TABLE (id uuid, rank float8)
  LANGUAGE sql STABLE PARALLEL SAFE STRICT SECURITY DEFINER ROWS 100
  SET search_path = pg_catalog, public, pg_temp
  SET pg_trgm.word_similarity_threshold = 0.5
AS $$ SELECT * FROM rapport_search('"teams"', query) $$;
REVOKE EXECUTE ON FUNCTION "teams_search"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "teams_search"(text) TO rapport_app;
