-- AlterTable
ALTER TABLE "changes" ADD COLUMN "by_handler" BOOLEAN;

-- Function
-- As rapport_enqueue_job, and notes whether a handler requests the run. The other one stays for servers of the version before.
CREATE FUNCTION rapport_enqueue_run(job text, payload jsonb, run_at timestamptz, key text, by_handler boolean) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  workspace uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
BEGIN
  IF workspace IS NULL THEN
    RAISE EXCEPTION 'A job is asked for in the transaction of a workspace: app.workspace_id is not set.';
  END IF;
  RETURN (graphile_worker.add_job(
    job,
    json_build_object('workspaceId', workspace, 'payload', payload, 'byHandler', by_handler),
    run_at => rapport_enqueue_run.run_at,
    job_key => job || ':' || workspace || ':' || key
  )).id;
END $$;
REVOKE EXECUTE ON FUNCTION rapport_enqueue_run(text, jsonb, timestamptz, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rapport_enqueue_run(text, jsonb, timestamptz, text, boolean) TO rapport_app;
