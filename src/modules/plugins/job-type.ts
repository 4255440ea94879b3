import type { OperationEnum, OperationOutputType } from '../../platform/declare/rules/operation-output.ts'

const status: OperationEnum = {
  name: 'PluginJobRunStatus',
  description: 'State of a run of a job: that of its last attempt.',
  values: {
    WAITING: 'The run waits for its first attempt, or for the first one after a retry of a run that had been given up.',
    RUNNING: 'The run has been taken by a server process and runs now.',
    SUCCEEDED: 'The run is done, and its writes were committed.',
    FAILED:
      'The last attempt failed and wrote nothing. `nextAttemptAt` is the time of the next attempt; null when the run was given up.',
    INTERRUPTED:
      'The server process ended during the last attempt, which wrote nothing. `nextAttemptAt` is the time of the next attempt; null when the run was given up.',
    DROPPED:
      'The workspace did not use the plugin when the run was due. The job was not called, and the run is not tried again.',
  },
}

/** The GraphQL type `PluginJobRun`. */
export const jobRunType: OperationOutputType = {
  name: 'PluginJobRun',
  description:
    'A run of a job: one that was requested by code, a schedule or a person, with all its attempts. Every attempt is one transaction.',
  fields: {
    id: { type: 'ID', description: 'Id of the run in the job queue, for `retryPluginJobRun`.' },
    status: { type: status, description: 'State of the run: that of its last attempt.' },
    attempts: { type: 'Int', description: 'Number of attempts, including one that runs now.' },
    requestedAt: { type: 'DateTime', description: 'When the run was requested.' },
    startedAt: {
      type: 'DateTime',
      isNullable: true,
      description: 'When the last attempt started; null when there was none.',
    },
    endedAt: {
      type: 'DateTime',
      isNullable: true,
      description:
        'When the last attempt ended, or was noticed to be interrupted; null when there was none or it runs now.',
    },
    durationMs: {
      type: 'Int',
      isNullable: true,
      description: 'Milliseconds that the last attempt took; null when `endedAt` is null.',
    },
    nextAttemptAt: {
      type: 'DateTime',
      isNullable: true,
      description: 'When the next attempt is due; null when there will be none, or the run runs now.',
    },
    error: {
      type: 'String',
      isNullable: true,
      description:
        'Message of the last attempt that failed, at most 2,000 characters, also when a later attempt succeeded. Secrets of plugins in it are replaced by `…`. Null when no attempt has failed.',
    },
  },
}

/** The GraphQL type `PluginJob`. */
export const jobType: OperationOutputType = {
  name: 'PluginJob',
  description: 'Code of a plugin that runs in the background, by a schedule or on request.',
  fields: {
    name: { type: 'String', description: 'Name of the job.' },
    description: { type: 'String', description: 'What the job does.' },
    schedule: {
      type: 'String',
      isNullable: true,
      description: 'Schedule of the job, as a cron expression in UTC; null for a job that runs only on request.',
    },
    payloadSchema: {
      type: 'JSON',
      isNullable: true,
      description: 'JSON Schema of the payload for `runPluginJob`; null for a job without a payload.',
    },
    nextScheduledAt: {
      type: 'DateTime',
      isNullable: true,
      description: 'Next time of the schedule; null for a job without a schedule and for a paused job.',
    },
    isPaused: {
      type: 'Boolean',
      description:
        'Whether the job does not run in this workspace, because its plugin is not in use: it is disabled, in quarantine or unavailable, as `status` of the plugin says. Runs that become due meanwhile are dropped.',
    },
    lastRun: {
      type: jobRunType,
      isNullable: true,
      description: 'The run of which an attempt ended last; null when none has ended yet.',
    },
    recentRuns: {
      type: jobRunType,
      isList: true,
      description:
        'Runs of which an attempt has ended, the last one first: at most 20. What is known of older runs is deleted.',
    },
    pendingRuns: {
      type: jobRunType,
      isList: true,
      description:
        'Runs that run now, and then those that wait for their first attempt or, after a failed or interrupted one, for the next; the one that is due next first. At most 20. Runs that were given up are in `givenUpRuns`.',
    },
    waitingCount: {
      type: 'Int',
      description:
        'Number of runs that wait for their first attempt or, after a failed or interrupted one, for the next. Neither runs that run now nor runs that were given up. Counted up to 1,000.',
    },
    givenUpRuns: {
      type: jobRunType,
      isList: true,
      description:
        'Runs that were given up after 25 attempts, the newest first. At most 20. They stay until `retryPluginJobRun` retries them.',
    },
    givenUpCount: {
      type: 'Int',
      description: 'Number of runs that were given up. Counted up to 1,000.',
    },
  },
}
