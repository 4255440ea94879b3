import { graphql } from '../../../generated/graphql/index.ts'
import type { TestRole, TestWorkspace } from '../../support/app.ts'
import type { JobApp } from './job-app.ts'

const pluginJobs = graphql(`
  query PluginJobs {
    plugins {
      jobs {
        name
        schedule
        payloadSchema
        nextScheduledAt
        isPaused
        waitingCount
        givenUpCount
        lastRun { ...JobRun }
        recentRuns { ...JobRun }
        pendingRuns { ...JobRun }
        givenUpRuns { ...JobRun }
      }
    }
  }
  fragment JobRun on PluginJobRun {
    id status attempts requestedAt startedAt endedAt durationMs nextAttemptAt error
  }
`)

const runJob = graphql(`
  mutation RunPluginJob($input: RunPluginJobInput!) {
    runPluginJob(input: $input) {
      plugin { id }
      run { id status attempts requestedAt startedAt endedAt durationMs nextAttemptAt error }
      userErrors { __typename code message path }
    }
  }
`)

const retryJobRun = graphql(`
  mutation RetryPluginJobRun($runId: ID!) {
    retryPluginJobRun(input: { runId: $runId }) {
      plugin { id }
      run { id status attempts nextAttemptAt error }
      userErrors { __typename code message path }
    }
  }
`)

/** Reads a job of the plugin `shipping` through the API, as the administrator of a workspace. */
export async function jobState(on: JobApp, name = 'shipping.ship', workspace: TestWorkspace = 'acme') {
  const { plugins } = await on.app.as('admin', workspace).must(pluginJobs)
  const job = (plugins ?? []).flatMap(({ jobs }) => jobs).find((each) => each.name === name)
  if (!job) throw new Error(`The API lists no job ${name}.`)
  return job
}

/** Requests a run of `shipping.ship` through the API; `input` changes what is requested. */
export function runPluginJob(
  on: JobApp,
  input: { readonly pluginId?: string; readonly job?: string; readonly payload?: unknown } = {},
  role: TestRole = 'admin',
  workspace: TestWorkspace = 'acme',
) {
  const request = { pluginId: 'shipping', job: 'shipping.ship', payload: { parcel: 'any' }, ...input }
  return on.app.as(role, workspace).query(runJob, { input: request })
}

/** Requests a run as `runPluginJob`. Returns its id. */
export async function requestRun(...request: Parameters<typeof runPluginJob>): Promise<string> {
  const { data, errors } = await runPluginJob(...request)
  const id = data?.runPluginJob.run?.id
  if (id === undefined) throw new Error(JSON.stringify(errors.length > 0 ? errors : data))
  return id
}

/** Retries a run through the API. */
export function retryRun(on: JobApp, runId: string, role: TestRole = 'admin', workspace: TestWorkspace = 'acme') {
  return on.app.as(role, workspace).query(retryJobRun, { runId })
}
