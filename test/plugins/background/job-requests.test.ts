import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { errorCodes } from '../../../src/testing/answers.ts'
import { userWho } from '../../permissions/people.ts'
import { createJobApp, type JobApp } from './job-app.ts'
import { jobState, requestRun, retryRun, runPluginJob } from './job-state.ts'
import { setActivation } from './shipping.ts'

const WAIT = { timeout: 10_000, interval: 20 }

let on: JobApp
beforeAll(async () => {
  on = await createJobApp()
})
afterEach(() => on.reset())
afterAll(() => on.app.close())

/** The newest audit entry of a plugin in the workspace `acme`. */
async function lastEntry() {
  const { rows } = await on.app.database.ownerPool.query(
    `select operation::text as operation, mutation, actor_id as "actorId", changes from audit_entries
     where workspace_id = $1 and type = 'Plugin' order by id desc limit 1`,
    [on.workspaceId],
  )
  return rows[0]
}

describe('`runPluginJob`', () => {
  it('requests a run with the payload, which the audit records without the payload', async () => {
    const { data } = await runPluginJob(on, { payload: { parcel: 'by hand' } })
    expect(data?.runPluginJob).toMatchObject({
      plugin: { id: 'shipping' },
      run: { id: expect.any(String), status: 'WAITING', attempts: 0, nextAttemptAt: expect.any(String), error: null },
      userErrors: [],
    })
    expect(await lastEntry()).toEqual({
      operation: 'UPDATED',
      mutation: 'runPluginJob',
      actorId: on.app.as('admin').actor.id,
      changes: { 'jobs.shipping.ship': { from: null, to: { runId: data?.runPluginJob.run?.id, status: 'WAITING' } } },
    })
    on.work()
    await vi.waitFor(async () => expect((await jobState(on)).lastRun?.status).toBe('SUCCEEDED'), WAIT)
    expect(on.runs).toEqual([{ parcel: 'by hand', weight: 1 }])
  })

  it('runs a job without a payload when none is sent', async () => {
    const { data } = await runPluginJob(on, { job: 'shipping.nightly', payload: null })
    expect(data?.runPluginJob.userErrors).toEqual([])
    on.work()
    await vi.waitFor(() => expect(on.runs).toEqual([[on.workspaceId, {}]]), WAIT)
  })

  it.each([
    ['a plugin that is not installed', { pluginId: 'nowhere' }, 'NOT_FOUND', ['input', 'pluginId'], 'nowhere'],
    [
      'a job that the plugin does not have',
      { job: 'shipping.none' },
      'NOT_FOUND',
      ['input', 'job'],
      'shipping.nightly',
    ],
    ['a job of another plugin', { job: 'courses.remind' }, 'NOT_FOUND', ['input', 'job'], 'courses.remind'],
    [
      'a value of the wrong type',
      { payload: { parcel: 'x', weight: 'heavy' } },
      'INVALID',
      ['input', 'payload', 'weight'],
      'number',
    ],
    ['a payload without a required value', { payload: {} }, 'INVALID', ['input', 'payload', 'parcel'], 'string'],
    ['a payload that is no object', { payload: [1] }, 'INVALID', ['input', 'payload'], 'object'],
    [
      'a payload for a job without one',
      { job: 'shipping.nightly', payload: { surprise: true } },
      'INVALID',
      ['input', 'payload'],
      'surprise',
    ],
  ])('refuses %s and requests nothing', async (_what, input, code, path, text) => {
    const { data } = await runPluginJob(on, input)
    expect(data?.runPluginJob).toMatchObject({ plugin: null, run: null })
    expect(data?.runPluginJob.userErrors).toMatchObject([{ code, path, message: expect.stringContaining(text) }])
    expect(await on.waiting()).toEqual([])
  })

  it.each(['DISABLED', 'QUARANTINED'] as const)('refuses a plugin that is %s', async (state) => {
    await setActivation(on.app, on.workspaceId, state)
    try {
      const { data } = await runPluginJob(on)
      expect(data?.runPluginJob.userErrors).toMatchObject([
        { code: 'INVALID', path: ['input', 'pluginId'], message: expect.stringContaining('does not use shipping') },
      ])
      expect(await on.waiting()).toEqual([])
    } finally {
      await setActivation(on.app, on.workspaceId, 'ENABLED')
    }
  })

  it('is the same run for a request that is sent again with its Idempotency-Key', async () => {
    const mutation = `mutation { runPluginJob(input: { pluginId: "shipping", job: "shipping.nightly" }) { run { id } } }`
    const send = () => on.app.as('admin').query(mutation, {}, { 'idempotency-key': 'once' })
    const [first, second] = [await send(), await send()]
    expect(first.errors).toEqual([])
    expect(second.data).toEqual(first.data)
    expect(await on.waiting()).toHaveLength(1)
  })
})

describe('`retryPluginJobRun`', () => {
  it('makes the next attempt due now, and the audit records it', async () => {
    on.act = async () => {
      throw new Error('No truck.')
    }
    const id = await requestRun(on)
    on.work()
    await vi.waitFor(async () => expect((await jobState(on)).pendingRuns[0]?.error).toBe('No truck.'), WAIT)
    await on.app.database.ownerPool.query(
      `update graphile_worker._private_jobs set run_at = now() + interval '6 hours'`,
    )
    on.act = async () => undefined
    const { data } = await retryRun(on, id)
    expect(data?.retryPluginJobRun).toMatchObject({ run: { id, status: 'FAILED', attempts: 1 }, userErrors: [] })
    await vi.waitFor(async () => expect((await jobState(on)).lastRun?.status).toBe('SUCCEEDED'), WAIT)
    expect(await lastEntry()).toMatchObject({
      mutation: 'retryPluginJobRun',
      changes: {
        'jobs.shipping.ship': { from: { runId: id, status: 'FAILED' }, to: { runId: id, status: 'WAITING' } },
      },
    })
  })

  it('refuses a run that has not failed, one that succeeded, and a text that is no id', async () => {
    const id = await requestRun(on)
    const refusal = async (runId: string) => (await retryRun(on, runId)).data?.retryPluginJobRun.userErrors[0]
    expect(await refusal(id)).toMatchObject({ code: 'INVALID', message: expect.stringContaining('has not failed') })
    on.work()
    await vi.waitFor(async () => expect((await jobState(on)).lastRun?.status).toBe('SUCCEEDED'), WAIT)
    for (const runId of [id, '', '-1', 'x', '9'.repeat(40)])
      expect(await refusal(runId)).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'runId'] })
  })

  it.each([
    ['waits for its next attempt', '1'],
    ['was given up', 'max_attempts'],
  ])(
    'refuses a run that %s of a plugin that the workspace does not use, and leaves it as it is',
    async (_what, attempts) => {
      on.act = async () => {
        throw new Error('No truck.')
      }
      const id = await requestRun(on)
      on.work()
      await vi.waitFor(async () => expect((await jobState(on)).pendingRuns[0]?.error).toBe('No truck.'), WAIT)
      const { ownerPool } = on.app.database
      await ownerPool.query(
        `update graphile_worker._private_jobs set run_at = now() + interval '6 hours', attempts = ${attempts} where id = $1`,
        [id],
      )
      const run = async () =>
        (await ownerPool.query('select * from graphile_worker._private_jobs where id = $1', [id])).rows
      const before = await run()
      expect(before).toHaveLength(1)
      await setActivation(on.app, on.workspaceId, 'DISABLED')
      try {
        const { data } = await retryRun(on, id)
        expect(data?.retryPluginJobRun.userErrors).toMatchObject([
          { code: 'INVALID', path: ['input', 'runId'], message: expect.stringContaining('does not use shipping') },
        ])
        expect(await run()).toEqual(before)
      } finally {
        await setActivation(on.app, on.workspaceId, 'ENABLED')
      }
    },
  )
})

describe('without the permission', () => {
  it('`plugin:update`, the mutations are FORBIDDEN and nothing is enqueued', async () => {
    const reader = await userWho(on.app, ['plugin:read', 'account:*'])
    const mutations = [
      'mutation { runPluginJob(input: { pluginId: "shipping", job: "shipping.nightly" }) { run { id } } }',
      'mutation { retryPluginJobRun(input: { runId: "1" }) { run { id } } }',
    ]
    for (const mutation of mutations) expect(errorCodes(await reader.query(mutation))).toEqual(['FORBIDDEN'])
    expect(await on.waiting()).toEqual([])
  })

  it('`plugin:read`, the jobs and their runs are FORBIDDEN', async () => {
    const other = await userWho(on.app, ['account:*'])
    expect(errorCodes(await other.query('{ plugins { jobs { lastRun { error } } } }'))).toEqual(['FORBIDDEN'])
  })
})
