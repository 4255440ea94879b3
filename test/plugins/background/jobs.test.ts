import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { jobsOf } from '../../../src/platform/jobs/run-job.ts'
import { crontabOf, enqueueInWorkspaces } from '../../../src/platform/jobs/schedule.ts'
import { removeJobs } from '../../../src/platform/plugins/lifecycle/queued-jobs.ts'
import { createJobApp, type JobApp } from './job-app.ts'
import { setActivation } from './shipping.ts'

const WAIT = { timeout: 10_000, interval: 20 }

let on: JobApp
beforeAll(async () => {
  on = await createJobApp()
})
afterEach(() => on.reset())
afterAll(() => on.app.close())

describe('a job that a rule requests', () => {
  it('is queued for the workspace when the transaction commits, and runs with the plugin as the actor', async () => {
    on.ask = ({ enqueue }) => enqueue('shipping.ship', { parcel: 'one' })
    on.act = async ({ actor, records }, payload) => {
      await records.create('Account', {
        name: `Shipped ${JSON.stringify(payload)} by ${actor.kind} ${actor.displayName}`,
      })
    }
    await on.create('Asks')
    expect(await on.waiting()).toMatchObject([{ payload: { workspaceId: on.workspaceId, payload: { parcel: 'one' } } }])
    on.work()
    await vi.waitFor(
      async () => expect(await on.names()).toContain('Shipped {"parcel":"one","weight":1} by PLUGIN shipping'),
      WAIT,
    )
    expect(await on.waiting()).toEqual([])
  })

  it('is not queued when the transaction of the request is rolled back', async () => {
    on.ask = async ({ enqueue }) => {
      await enqueue('shipping.ship', { parcel: 'lost' })
      throw new Error('Not today.')
    }
    expect((await on.create('Rolls back')).errors).toHaveLength(1)
    expect(await on.waiting()).toEqual([])
    await setActivation(on.app, on.workspaceId, 'ENABLED')
  })

  it('is not queued when the payload does not fit the zod schema that the job declares', async () => {
    let refusal = ''
    on.ask = async ({ enqueue }) => {
      await enqueue('shipping.ship', { parcel: 7 }).catch((error: Error) => {
        refusal = error.message
      })
      await enqueue('shipping.nightly', { surprise: true }).catch((error: Error) => {
        refusal += ` ${error.message}`
      })
    }
    await on.create('Wrong payload')
    expect(refusal).toContain('the schema of the job shipping.ship. parcel: ')
    expect(refusal).toContain('the schema of the job shipping.nightly. ')
    expect(await on.waiting()).toEqual([])
  })

  it('is queued for the requested `runAt`, and replaced when a later request repeats its `key`', async () => {
    const runAt = new Date(Date.now() + 3_600_000)
    on.ask = async ({ enqueue }) => {
      await enqueue('shipping.ship', { parcel: 'first' }, { key: 'cart 1', runAt })
      await enqueue('shipping.ship', { parcel: 'second' }, { key: 'cart 1', runAt })
      await enqueue('shipping.ship', { parcel: 'other' }, { key: 'cart 2' })
    }
    await on.create('Keys')
    expect(await on.waiting()).toMatchObject([
      { payload: { payload: { parcel: 'second' } }, runAt },
      { payload: { payload: { parcel: 'other' } } },
    ])
  })

  it('cannot be queued without a workspace, and the database role of the server cannot read the queue', async () => {
    const client = await on.app.database.app.connect()
    try {
      await expect(
        client.query(`select rapport_enqueue_run('shipping.ship', '{}', null, null, false)`),
      ).rejects.toThrow('workspace')
      await expect(client.query('select * from graphile_worker._private_jobs')).rejects.toThrow('permission denied')
    } finally {
      client.release()
    }
  })
})

describe('a job with a schedule', () => {
  it('is queued for each workspace that uses the plugin, and not a second time while the first run waits', async () => {
    const globex = on.app.as('member', 'globex').actor.workspaceId
    expect(await enqueueInWorkspaces(on.app.database.ownerPool, owned('shipping.nightly'))).toBe(2)
    expect(await enqueueInWorkspaces(on.app.database.ownerPool, owned('shipping.nightly'))).toBe(2)
    expect(await on.waiting()).toHaveLength(2)
    on.work()
    await vi.waitFor(() => expect(on.runs).toHaveLength(2), WAIT)
    expect(on.runs).toEqual(
      expect.arrayContaining([
        [on.workspaceId, {}],
        [globex, {}],
      ]),
    )
    await setActivation(on.app, globex, 'DISABLED')
    expect(await enqueueInWorkspaces(on.app.database.ownerPool, owned('shipping.nightly'))).toBe(1)
    await setActivation(on.app, globex, 'ENABLED')
  })

  it('is registered in the crontab of the job queue, with the jobs of core', async () => {
    expect(crontabOf(jobsOf(on.app.host))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ task: 'shipping.nightly:schedule', match: '0 3 * * *' }),
        expect.objectContaining({ task: 'quotes.expire:schedule', match: '7 * * * *' }),
      ]),
    )
    on.work()
    await vi.waitFor(async () => {
      const { rows } = await on.app.database.ownerPool.query(
        'select identifier from graphile_worker._private_known_crontabs',
      )
      expect(rows).toEqual(
        expect.arrayContaining([
          { identifier: 'shipping.nightly:schedule' },
          { identifier: 'quotes.expire:schedule' },
          { identifier: 'leads.decayScores:schedule' },
        ]),
      )
    }, WAIT)
  })
})

it('a job of core is enqueued in every workspace', async () => {
  const { ownerPool } = on.app.database
  const { rows } = await ownerPool.query<{ count: number }>('select count(*)::int as count from workspaces')
  expect(await enqueueInWorkspaces(ownerPool, owned('quotes.expire'))).toBe(rows[0]?.count)
  expect(await removeJobs(ownerPool, 'quotes')).toBe(rows[0]?.count)
})

describe('a plugin that is removed', () => {
  it('leaves none of its jobs in the queue', async () => {
    on.ask = ({ enqueue }) => enqueue('shipping.ship', { parcel: 'removed' })
    await on.create('Removed')
    expect(await removeJobs(on.app.database.ownerPool, 'shipping')).toBe(1)
    expect(await on.waiting()).toEqual([])
  })
})

function owned(name: string) {
  const found = jobsOf(on.app.host).find(({ job }) => job.name === name)
  if (!found) throw new Error(`No job ${name}.`)
  return found
}
