-- CreateEnum
CREATE TYPE "PluginJobOutcome" AS ENUM ('SUCCEEDED', 'FAILED', 'INTERRUPTED', 'DROPPED');

-- CreateTable
CREATE TABLE "plugin_job_runs" (
    "workspace_id" UUID NOT NULL,
    "queue_id" BIGINT NOT NULL,
    "job" TEXT NOT NULL,
    "outcome" "PluginJobOutcome" NOT NULL,
    "attempts" INTEGER NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL,
    "error" TEXT,

    CONSTRAINT "plugin_job_runs_pkey" PRIMARY KEY ("workspace_id","queue_id")
);

-- CreateIndex
CREATE INDEX "plugin_job_runs_workspace_id_job_ended_at_idx" ON "plugin_job_runs"("workspace_id", "job", "ended_at");

-- AddForeignKey
ALTER TABLE "plugin_job_runs" ADD CONSTRAINT "plugin_job_runs_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- RowLevelSecurity
ALTER TABLE "plugin_job_runs" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "plugin_job_runs"
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "plugin_job_runs" TO rapport_app;

-- Function
-- As rapport_add_job, and returns the id of the run in the queue. The other one stays for servers of the version before: the
-- statements that they have prepared would fail if its result changed.
CREATE FUNCTION rapport_enqueue_job(job text, payload jsonb, run_at timestamptz, key text) RETURNS bigint
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
    json_build_object('workspaceId', workspace, 'payload', payload),
    run_at => rapport_enqueue_job.run_at,
    job_key => job || ':' || workspace || ':' || key
  )).id;
END $$;
REVOKE EXECUTE ON FUNCTION rapport_enqueue_job(text, jsonb, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rapport_enqueue_job(text, jsonb, timestamptz, text) TO rapport_app;

-- Function
-- The runs of these jobs in the queue, of the transaction's workspace only and without their payloads. Of each job: at most
-- `most` that run now, `most` that wait (the next ones first) and `most` that were given up (the newest first); and the runs
-- whose failed attempts are recorded, or whose ids are in `also`. The indexes that it reads are made after the queue's own migrations (src/platform/data/migrations/migrate-job-queue.ts).
CREATE FUNCTION rapport_queued_runs(jobs text[], also bigint[], most int)
  RETURNS TABLE (
    id bigint, job text, "isRunning" boolean, attempts int, "maxAttempts" int,
    "requestedAt" timestamptz, "runAt" timestamptz, "lockedAt" timestamptz, error text
  )
  LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  workspace text := nullif(current_setting('app.workspace_id', true), '');
BEGIN
  RETURN QUERY
    SELECT DISTINCT run.id, task.identifier, run.locked_at IS NOT NULL, run.attempts::int, run.max_attempts::int,
      run.created_at, run.run_at, run.locked_at, run.last_error
    FROM graphile_worker._private_tasks task
    CROSS JOIN LATERAL (
      (SELECT q.* FROM graphile_worker._private_jobs q
        WHERE q.payload ->> 'workspaceId' = workspace AND q.task_id = task.id AND q.locked_at IS NOT NULL
        LIMIT most)
      UNION ALL
      (SELECT q.* FROM graphile_worker._private_jobs q
        WHERE q.payload ->> 'workspaceId' = workspace AND q.task_id = task.id AND q.is_available
        ORDER BY q.run_at, q.id LIMIT most)
      UNION ALL
      (SELECT q.* FROM graphile_worker._private_jobs q
        WHERE q.payload ->> 'workspaceId' = workspace AND q.task_id = task.id AND q.locked_at IS NULL AND NOT q.is_available
        ORDER BY q.id DESC LIMIT most)
      UNION ALL
      (SELECT q.* FROM graphile_worker._private_jobs q
        WHERE q.payload ->> 'workspaceId' = workspace AND q.task_id = task.id AND q.id = ANY (also || ARRAY(
          SELECT recorded.queue_id FROM public.plugin_job_runs recorded
          WHERE recorded.workspace_id = workspace::uuid AND recorded.job = task.identifier
            AND recorded.outcome IN ('FAILED', 'INTERRUPTED'))))
    ) run
    WHERE task.identifier = ANY (jobs);
END $$;
REVOKE EXECUTE ON FUNCTION rapport_queued_runs(text[], bigint[], int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rapport_queued_runs(text[], bigint[], int) TO rapport_app;

-- Function
-- How many runs of each of these jobs wait and were given up, of the transaction's workspace only. Counts no further than `most`.
CREATE FUNCTION rapport_queued_counts(jobs text[], most int)
  RETURNS TABLE (job text, waiting int, "givenUp" int)
  LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  workspace text := nullif(current_setting('app.workspace_id', true), '');
BEGIN
  RETURN QUERY
    SELECT task.identifier,
      (SELECT count(*)::int FROM (SELECT FROM graphile_worker._private_jobs q
        WHERE q.payload ->> 'workspaceId' = workspace AND q.task_id = task.id AND q.is_available LIMIT most) waiting),
      (SELECT count(*)::int FROM (SELECT FROM graphile_worker._private_jobs q
        WHERE q.payload ->> 'workspaceId' = workspace AND q.task_id = task.id AND q.locked_at IS NULL AND NOT q.is_available
        LIMIT most) given_up)
    FROM graphile_worker._private_tasks task
    WHERE task.identifier = ANY (jobs);
END $$;
REVOKE EXECUTE ON FUNCTION rapport_queued_counts(text[], int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rapport_queued_counts(text[], int) TO rapport_app;

-- Function
-- Makes a failed run of the transaction's workspace due now. A run that was given up gets all its attempts anew. Returns no
-- row where the queue has no such run, and `isRetried` false where the run is running or has not failed.
CREATE FUNCTION rapport_retry_job(job_id bigint, OUT job text, OUT "isRetried" boolean)
  RETURNS SETOF record
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  run record;
BEGIN
  SELECT q.* INTO run FROM graphile_worker._private_jobs q
    WHERE q.id = job_id AND q.payload ->> 'workspaceId' = current_setting('app.workspace_id', true)
    FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT task.identifier INTO job FROM graphile_worker._private_tasks task WHERE task.id = run.task_id;
  "isRetried" := run.locked_at IS NULL AND run.attempts > 0;
  IF "isRetried" THEN
    UPDATE graphile_worker._private_jobs q SET
      run_at = now(),
      attempts = CASE WHEN q.attempts >= q.max_attempts THEN 0 ELSE q.attempts END,
      updated_at = now()
      WHERE q.id = job_id;
    PERFORM pg_notify('jobs:insert', json_build_object('r', random(), 'count', 1)::text);
  END IF;
  RETURN NEXT;
END $$;
REVOKE EXECUTE ON FUNCTION rapport_retry_job(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rapport_retry_job(bigint) TO rapport_app;
