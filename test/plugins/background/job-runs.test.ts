import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { releaseDeadWorkers } from '../../../src/platform/jobs/liveness.ts'
import { runJobNow } from '../../../src/platform/jobs/run-job.ts'
import { createJobApp, type JobApp } from './job-app.ts'
import { jobState } from './job-state.ts'
import { backgroundOf, setActivation } from './shipping.ts'

const WAIT = { timeout: 10_000, interval: 20 }

let on: JobApp
beforeAll(async () => {
  on = await createJobApp()
})
afterEach(() => on.reset())
afterAll(() => on.app.close())

describe('a run of a job', () => {
  it('that fails writes nothing and is retried later', async () => {
    on.act = async ({ records }) => {
      await records.create('Account', { name: 'Half shipped' })
      throw new Error('No truck.')
    }
    on.ask = ({ enqueue }) => enqueue('shipping.ship', { parcel: 'late' })
    await on.create('Fails')
    on.work()
    await vi.waitFor(
      async () =>
        expect(await jobState(on)).toMatchObject({
          pendingRuns: [{ status: 'FAILED', attempts: 1, error: 'No truck.', nextAttemptAt: expect.any(String) }],
        }),
      WAIT,
    )
    expect(await on.names()).not.toContain('Half shipped')
    on.act = async () => undefined
    await on.app.database.ownerPool.query('update graphile_worker._private_jobs set run_at = now()')
    await vi.waitFor(async () => expect(await on.waiting()).toEqual([]), WAIT)
    expect(on.runs).toHaveLength(2)
  })

  it('writes nothing when the job was taken out of the queue during the run', async () => {
    on.act = async ({ records }, payload) => {
      await records.create('Account', { name: `Once ${JSON.stringify(payload)}` })
      await on.app.database.ownerPool.query('delete from graphile_worker._private_jobs')
    }
    on.ask = ({ enqueue }) => enqueue('shipping.ship', { parcel: 'taken' })
    await on.create('Removed meanwhile')
    on.work()
    await vi.waitFor(() => expect(on.runs).toHaveLength(1), WAIT)
    await on.reset()
    expect((await on.names()).filter((name) => name.startsWith('Once'))).toEqual([])
  })

  it('returns to the queue when the worker that took the job is dead, but not while that worker is alive', async () => {
    on.ask = ({ enqueue }) => enqueue('shipping.ship', { parcel: 'left' })
    await on.create('Left')
    await on.app.database.ownerPool.query(
      `update graphile_worker._private_jobs set locked_at = now() - interval '1 minute', locked_by = 'pool-dead'`,
    )
    const [gate, open] = doorOf()
    on.act = () => gate
    on.work()
    await vi.waitFor(() => expect(on.runs).toHaveLength(1), WAIT)
    await on.app.database.ownerPool.query(
      `update graphile_worker._private_jobs set locked_at = now() - interval '1 minute'`,
    )
    expect(await releaseDeadWorkers(on.app.database.ownerPool)).toBe(0)
    open()
    await vi.waitFor(async () => expect(await on.waiting()).toEqual([]), WAIT)
  })

  it('is dropped from the queue, and does not start, when the workspace no longer uses the plugin', async () => {
    on.ask = ({ enqueue }) => enqueue('shipping.ship', { parcel: 'nowhere' })
    await on.create('Disabled')
    await setActivation(on.app, on.workspaceId, 'QUARANTINED')
    on.work()
    await vi.waitFor(async () => expect(await on.waiting()).toEqual([]), WAIT)
    expect(on.runs).toEqual([])
    await setActivation(on.app, on.workspaceId, 'ENABLED')
  })

  it('can be started at once without the queue, but only for a declared job and with a valid payload', async () => {
    on.act = async ({ records }) => void (await records.create('Account', { name: 'At once' }))
    await runJobNow(backgroundOf(on.app), on.workspaceId, 'shipping.ship', { parcel: 'now' })
    expect(await on.names()).toContain('At once')
    await expect(runJobNow(backgroundOf(on.app), on.workspaceId, 'shipping.ship', {})).rejects.toThrow('parcel')
    await expect(runJobNow(backgroundOf(on.app), on.workspaceId, 'shipping.none')).rejects.toThrow(
      'shipping.ship, shipping.nightly',
    )
  })
})

function doorOf(): [Promise<void>, () => void] {
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  return [gate, () => open()]
}
