import { z } from 'zod'
import type { Plugin } from '../../platform/declare/plugin.ts'
import { nextScheduled } from '../../platform/jobs/next-scheduled.ts'
import type { JobRunState, JobRuns } from '../../platform/jobs/read-runs.ts'

type Description = Readonly<Record<string, unknown>>

/**
 * Returns a plugin's jobs with their runs in the workspace, as values of the GraphQL type `PluginJob`.
 * @param isInUse Whether the workspace uses the plugin.
 */
export function describeJobs(
  plugin: Plugin,
  isInUse: boolean,
  runs: ReadonlyMap<string, JobRuns>,
  now: Date,
): Description[] {
  return (plugin.jobs ?? []).map(({ name, description, schedule, payload }) => {
    const ofJob = runs.get(name)
    const recentRuns = (ofJob?.recent ?? []).map(describeRun)
    return {
      name,
      description,
      schedule: schedule ?? null,
      payloadSchema: payload ? z.toJSONSchema(payload, { io: 'input', unrepresentable: 'any' }) : null,
      nextScheduledAt: isInUse && schedule !== undefined ? nextScheduled(schedule, now) : null,
      isPaused: !isInUse,
      lastRun: recentRuns[0] ?? null,
      recentRuns,
      pendingRuns: (ofJob?.pending ?? []).map(describeRun),
      waitingCount: ofJob?.waitingCount ?? 0,
      givenUpRuns: (ofJob?.givenUp ?? []).map(describeRun),
      givenUpCount: ofJob?.givenUpCount ?? 0,
    }
  })
}

/** Returns a run as a value of the GraphQL type `PluginJobRun`. */
export function describeRun(run: JobRunState): Description {
  const { startedAt, endedAt } = run
  return { ...run, durationMs: startedAt && endedAt ? endedAt.getTime() - startedAt.getTime() : null }
}
