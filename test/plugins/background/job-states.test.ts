import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createJobApp, type JobApp } from './job-app.ts'
import { jobState, requestRun, retryRun } from './job-state.ts'
import { setActivation } from './shipping.ts'

const WAIT = { timeout: 10_000, interval: 20 }

let on: JobApp
beforeAll(async () => {
  on = await createJobApp()
})
afterEach(() => on.reset())
afterAll(() => on.app.close())

/** Makes all waiting runs due now, as if the time of their next attempt had come. */
const elapse = () => on.app.database.ownerPool.query('update graphile_worker._private_jobs set run_at = now()')
/** Makes the next attempt of all waiting runs their last one. */
const spendAttempts = () =>
  on.app.database.ownerPool.query('update graphile_worker._private_jobs set attempts = 24, run_at = now()')
const lastStatus = async () => (await jobState(on)).lastRun?.status

describe('a job in `plugins`', () => {
  it('has no runs before the first one, and the next time of its schedule', async () => {
    const nightly = await jobState(on, 'shipping.nightly')
    expect(nightly).toMatchObject({ schedule: '0 3 * * *', payloadSchema: null, isPaused: false, lastRun: null })
    expect(nightly).toMatchObject({
      recentRuns: [],
      pendingRuns: [],
      givenUpRuns: [],
      waitingCount: 0,
      givenUpCount: 0,
    })
    const next = new Date(nightly.nextScheduledAt ?? 0)
    expect(next.getTime() - Date.now()).toBeGreaterThan(0)
    expect(next.getTime() - Date.now()).toBeLessThanOrEqual(24 * 3_600_000)
    expect(next.toISOString()).toMatch(/T03:00:00\.000Z$/)
    expect(await jobState(on)).toMatchObject({
      schedule: null,
      nextScheduledAt: null,
      payloadSchema: { properties: { parcel: { type: 'string' } } },
    })
  })

  it('is paused while its plugin is in quarantine, and a run that becomes due then is dropped', async () => {
    await requestRun(on)
    await setActivation(on.app, on.workspaceId, 'QUARANTINED')
    try {
      expect(await jobState(on, 'shipping.nightly')).toMatchObject({ isPaused: true, nextScheduledAt: null })
      on.work()
      await vi.waitFor(async () => expect(await lastStatus()).toBe('DROPPED'), WAIT)
      expect(await jobState(on)).toMatchObject({ pendingRuns: [], lastRun: { attempts: 1, error: null } })
    } finally {
      await setActivation(on.app, on.workspaceId, 'ENABLED')
    }
  })
})

describe('a run in `plugins`', () => {
  it('waits, runs and then has succeeded, with the times of its attempt', async () => {
    const [gate, open] = doorOf()
    on.act = () => gate
    const id = await requestRun(on)
    const waiting = await jobState(on)
    expect(waiting).toMatchObject({
      waitingCount: 1,
      lastRun: null,
      pendingRuns: [
        { id, status: 'WAITING', attempts: 0, startedAt: null, endedAt: null, nextAttemptAt: expect.any(String) },
      ],
    })
    on.work()
    await vi.waitFor(
      async () =>
        expect(await jobState(on)).toMatchObject({
          waitingCount: 0,
          lastRun: null,
          pendingRuns: [{ id, status: 'RUNNING', attempts: 1, startedAt: expect.any(String), nextAttemptAt: null }],
        }),
      WAIT,
    )
    open()
    await vi.waitFor(async () => expect(await lastStatus()).toBe('SUCCEEDED'), WAIT)
    const { lastRun, pendingRuns } = await jobState(on)
    expect(pendingRuns).toEqual([])
    expect(lastRun).toMatchObject({ id, attempts: 1, error: null, nextAttemptAt: null })
    const [requested, started, ended] = [lastRun?.requestedAt, lastRun?.startedAt, lastRun?.endedAt].map((time) =>
      Date.parse(time ?? ''),
    )
    expect(requested).toBeLessThanOrEqual(started ?? 0)
    expect(lastRun?.durationMs).toBe((ended ?? 0) - (started ?? 0))
  })

  it('that failed has the message of the job and the time of the next attempt, and keeps the message when it succeeds', async () => {
    on.act = async () => {
      throw new Error('No truck.')
    }
    const id = await requestRun(on)
    on.work()
    await vi.waitFor(async () => expect(await lastStatus()).toBe('FAILED'), WAIT)
    await vi.waitFor(
      async () =>
        expect(await jobState(on)).toMatchObject({
          waitingCount: 1,
          givenUpCount: 0,
          pendingRuns: [{ id, status: 'FAILED', attempts: 1, error: 'No truck.', nextAttemptAt: expect.any(String) }],
        }),
      WAIT,
    )
    on.act = async () => undefined
    await elapse()
    await vi.waitFor(async () => expect(await lastStatus()).toBe('SUCCEEDED'), WAIT)
    expect((await jobState(on)).lastRun).toMatchObject({ id, attempts: 2, error: 'No truck.', nextAttemptAt: null })
  })

  it('names the rule that failed, and does not show the secrets of plugins', async () => {
    await on.app.database.ownerPool.query(
      `update plugin_activations set secrets = '{"key": "s3cr&t"}' where workspace_id = $1`,
      [on.workspaceId],
    )
    on.act = async () => {
      throw new Error('GET https://depot.example/?key=s3cr%26t failed for s3cr&t')
    }
    await requestRun(on)
    on.work()
    await vi.waitFor(async () => expect(await lastStatus()).toBe('FAILED'), WAIT)
    expect((await jobState(on)).lastRun?.error).toBe('GET https://depot.example/?key=… failed for …')
    on.ask = async () => {
      throw new Error('No address.')
    }
    on.act = async ({ records }) => void (await records.create('Account', { name: 'Addressless' }))
    await elapse()
    await vi.waitFor(
      async () => expect((await jobState(on)).lastRun?.error).toBe('shipping.onAccount: No address.'),
      WAIT,
    )
    await on.app.database.ownerPool.query(`update plugin_activations set secrets = '{}'`)
    await setActivation(on.app, on.workspaceId, 'ENABLED')
  })

  it('is given up after its last attempt, and gets all attempts anew when it is retried', async () => {
    on.act = async () => {
      throw new Error('Never.')
    }
    const id = await requestRun(on)
    await spendAttempts()
    on.work()
    await vi.waitFor(
      async () =>
        expect(await jobState(on)).toMatchObject({
          waitingCount: 0,
          pendingRuns: [],
          givenUpCount: 1,
          givenUpRuns: [{ id, status: 'FAILED', attempts: 25, error: 'Never.', nextAttemptAt: null }],
        }),
      WAIT,
    )
    on.act = async () => undefined
    const { data } = await retryRun(on, id)
    expect(data?.retryPluginJobRun).toMatchObject({
      plugin: { id: 'shipping' },
      run: { id, attempts: 0, status: 'WAITING', error: 'Never.' },
      userErrors: [],
    })
    await vi.waitFor(async () => expect(await lastStatus()).toBe('SUCCEEDED'), WAIT)
    expect(await jobState(on)).toMatchObject({ givenUpCount: 0, givenUpRuns: [], lastRun: { id, attempts: 1 } })
  })

  it('is listed beside others that ran at the same time, of which the newest 20 are kept', async () => {
    const ids: string[] = []
    for (let index = 0; index < 24; index++) ids.push(await requestRun(on, { payload: { parcel: String(index) } }))
    expect((await jobState(on)).pendingRuns.map(({ id }) => id)).toEqual(ids.slice(0, 20))
    expect((await jobState(on)).waitingCount).toBe(24)
    on.act = async (_context, payload) => {
      if (JSON.stringify(payload).includes('"7"')) throw new Error('Seven is lost.')
    }
    on.work()
    await vi.waitFor(async () => expect((await jobState(on)).waitingCount).toBe(1), WAIT)
    await vi.waitFor(() => expect(on.runs).toHaveLength(24), WAIT)
    await vi.waitFor(async () => expect((await jobState(on)).pendingRuns).toHaveLength(1), WAIT)
    const { recentRuns, pendingRuns } = await jobState(on)
    expect(recentRuns).toHaveLength(20)
    expect(new Set(recentRuns.map(({ id }) => id)).size).toBe(20)
    expect(recentRuns.map(({ endedAt }) => endedAt)).toEqual(
      recentRuns
        .map(({ endedAt }) => endedAt)
        .sort()
        .reverse(),
    )
    expect(pendingRuns).toMatchObject([{ id: ids[7], error: 'Seven is lost.' }])
  })

  it('is not seen and not retried from another workspace', async () => {
    on.act = async () => {
      throw new Error('Ours alone.')
    }
    const id = await requestRun(on)
    on.work()
    await vi.waitFor(async () => expect(await lastStatus()).toBe('FAILED'), WAIT)
    expect(await jobState(on, 'shipping.ship', 'globex')).toMatchObject({
      lastRun: null,
      recentRuns: [],
      pendingRuns: [],
      givenUpRuns: [],
      waitingCount: 0,
      givenUpCount: 0,
    })
    const foreign = await retryRun(on, id, 'admin', 'globex')
    const missing = await retryRun(on, '999999999', 'admin', 'globex')
    expect(foreign.data?.retryPluginJobRun).toEqual({
      plugin: null,
      run: null,
      userErrors: [
        {
          __typename: 'NotFoundError',
          code: 'NOT_FOUND',
          message: 'A failed run with this id was not found.',
          path: ['input', 'runId'],
        },
      ],
    })
    expect(missing.data).toEqual(foreign.data)
  })
})

function doorOf(): [Promise<void>, () => void] {
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  return [gate, () => open()]
}
