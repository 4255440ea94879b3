-- Jobs live in the schema `graphile_worker`, which the server's role has no right on: it comes in through these two doors,
-- each of which knows no workspace but the transaction's own. The schema itself is brought up to date after the migrations.

-- Function
CREATE FUNCTION rapport_add_job(job text, payload jsonb, run_at timestamptz, key text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  workspace uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
BEGIN
  IF workspace IS NULL THEN
    RAISE EXCEPTION 'A job is asked for in the transaction of a workspace: app.workspace_id is not set.';
  END IF;
  PERFORM graphile_worker.add_job(
    job,
    json_build_object('workspaceId', workspace, 'payload', payload),
    run_at => rapport_add_job.run_at,
    job_key => job || ':' || workspace || ':' || key
  );
END $$;
REVOKE EXECUTE ON FUNCTION rapport_add_job(text, jsonb, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rapport_add_job(text, jsonb, timestamptz, text) TO rapport_app;

-- Function
-- Takes a job out of the queue in the transaction that has done it, so that its effect in the database is exactly once.
-- False where another worker has done it, or it was removed.
CREATE FUNCTION rapport_finish_job(job_id bigint) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  DELETE FROM graphile_worker._private_jobs jobs
    WHERE jobs.id = job_id AND jobs.payload ->> 'workspaceId' = current_setting('app.workspace_id', true);
  RETURN FOUND;
END $$;
REVOKE EXECUTE ON FUNCTION rapport_finish_job(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rapport_finish_job(bigint) TO rapport_app;
