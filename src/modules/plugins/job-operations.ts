import { defineOperation } from '../../platform/declare/rules/operation.ts'
import type { OperationPayloadField } from '../../platform/declare/rules/operation-output.ts'
import { readJobRun } from '../../platform/jobs/read-runs.ts'
import type { UnitOfWork } from '../../platform/request/context.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { describeRun } from './describe-jobs.ts'
import { describePlugin } from './describe-plugins.ts'
import { jobRunType } from './job-type.ts'
import { pluginPayload } from './plugin-type.ts'
import { type JobRequestResult, requestJobRun, retryJobRun } from './request-job.ts'

const payload: Readonly<Record<string, OperationPayloadField>> = {
  ...pluginPayload,
  run: { type: jobRunType, isNullable: true, description: 'The run; null when there are errors.' },
}

export const runPluginJob = defineOperation({
  name: 'runPluginJob',
  description:
    "Requests a run of a plugin's job in this workspace. It starts as soon as a server process is free, and is tried again as any run of the job when it fails.",
  permission: 'plugin:update',
  input: {
    pluginId: { type: 'String', isRequired: true, description: 'Id of the plugin, such as `courses`.' },
    job: { type: 'String', isRequired: true, description: 'Name of the job, such as `courses.remind`.' },
    payload: {
      type: 'JSON',
      description: 'Object that the job gets, as its `payloadSchema` says. Default: an empty object.',
    },
  },
  payload,
  async run(input, context) {
    const work = workOf(context)
    const request = { pluginId: input.pluginId, job: input.job, payload: input.payload ?? {} }
    return answerOf(work, await requestJobRun(work, request))
  },
})

export const retryPluginJobRun = defineOperation({
  name: 'retryPluginJobRun',
  description:
    'Makes the next attempt of a failed or interrupted run due now. A run that was given up gets 25 attempts anew, and they are counted from 0.',
  permission: 'plugin:update',
  input: {
    runId: {
      type: 'ID',
      isRequired: true,
      description: 'Id of the run, such as one of `plugins { jobs { pendingRuns { id } givenUpRuns { id } } }`.',
    },
  },
  payload,
  async run(input, context) {
    const work = workOf(context)
    return answerOf(work, await retryJobRun(work, input.runId))
  },
})

async function answerOf(work: UnitOfWork, result: JobRequestResult) {
  if (result.runId === null) return { values: { plugin: null, run: null }, userErrors: result.userErrors }
  const run = await readJobRun(work.transaction, result.job, result.runId)
  return {
    values: { plugin: await describePlugin(work, result.pluginId), run: run && describeRun(run) },
    userErrors: [],
  }
}
