import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineHandler } from '../../../src/platform/declare/handler.ts'
import { defineJob } from '../../../src/platform/declare/job.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import { openJobs } from '../../../src/platform/jobs/open-jobs.ts'
import { runJobNow } from '../../../src/platform/jobs/run-job.ts'
import { deliverAll } from '../../../src/platform/plugins/background/deliver-all.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount } from '../../support/records.ts'
import { createAccount, openShop, orders, postOrder, shop } from '../routes/shop.ts'
import { backgroundOf, shipping } from './shipping.ts'

let app: TestApp
let workspaceId: string
/** Names of the accounts whose creation the handlers got. */
let seen: { own: string[]; others: string[] }
/** The same, after the plugin was enabled in both workspaces. */
let seeded: typeof seen
/** What the handler with `ownChanges` does for an account. */
let react: (name: string, context: PluginContext) => Promise<unknown>

const create = ({ records }: PluginContext, name: string) => records.create('Account', { name })

async function nameOf({ records }: PluginContext, id: string): Promise<string> {
  return String((await records.get('Account', id))?.['name'])
}

const own = defineHandler({
  name: 'shipping.own',
  description: 'Notes each new account.',
  on: { types: ['Account'], operations: ['CREATED'], ownChanges: true },
  async handle({ recordId }, context) {
    const name = await nameOf(context, recordId)
    seen.own.push(name)
    await react(name, context)
  },
})
const others = defineHandler({
  name: 'shipping.others',
  description: 'Notes each new account that the plugin has not created in the background.',
  on: { types: ['Account'], operations: ['CREATED'] },
  handle: async ({ recordId }, context) => void seen.others.push(await nameOf(context, recordId)),
})
const job = defineJob({
  name: 'shipping.job',
  description: 'Creates an account.',
  run: async (_payload, context) => void (await create(context, 'by the job')),
})
const first = defineJob({
  name: 'shipping.first',
  description: 'Requests a job.',
  run: (_payload, { enqueue }) => enqueue('shipping.job'),
})

beforeAll(async () => {
  seen = { own: [], others: [] }
  react = async () => undefined
  const plugin = {
    ...shipping({ handlers: [own, others], jobs: [job, first] }),
    seeds: [
      {
        name: 'first',
        description: 'Creates an account.',
        run: async (context: PluginContext) => void (await create(context, 'by the seed')),
      },
    ],
  }
  app = await createTestApp({ plugins: [{ plugin }] })
  workspaceId = app.as('member').actor.workspaceId
  await settle()
  seeded = seen
})
beforeEach(async () => {
  await settle()
  seen = { own: [], others: [] }
  react = async () => undefined
})
afterAll(() => app.close())

const settle = () => deliverAll(backgroundOf(app))

/** Runs the queue until its jobs are done. */
async function work() {
  const jobs = openJobs(backgroundOf(app), app.databaseUrl)
  try {
    await vi.waitFor(
      async () => {
        const { rows } = await app.database.ownerPool.query('select from graphile_worker._private_jobs')
        expect(rows).toEqual([])
      },
      { timeout: 10_000 },
    )
  } finally {
    await jobs.close()
  }
}

describe('a handler with `ownChanges`', () => {
  it('gets the changes of users, and of the jobs of its plugin', async () => {
    await addAccount(app.as('member'), { name: 'by a user' })
    await runJobNow(backgroundOf(app), workspaceId, 'shipping.job')
    await settle()
    expect(seen).toEqual({ own: ['by a user', 'by the job'], others: ['by a user'] })
  })

  it('does not get those of the handlers of its plugin', async () => {
    react = (name, context) => create(context, `${name} again`)
    await addAccount(app.as('member'), { name: 'Echo' })
    await settle()
    expect(seen).toEqual({ own: ['Echo'], others: ['Echo'] })
  })

  it.each(['shipping.job', 'shipping.first'])(
    'does not get those of jobs that a handler requested: by %s',
    async (name) => {
      react = (_name, { enqueue }) => enqueue(name)
      await addAccount(app.as('member'), { name: 'Asks' })
      await settle()
      await work()
      await settle()
      expect(seen).toEqual({ own: ['Asks'], others: ['Asks'] })
    },
  )

  it('gets those of the seeds of its plugin, as does each handler: they are those of the administrator', () => {
    const both = ['by the seed', 'by the seed']
    expect(seeded).toEqual({ own: both, others: both })
  })

  it('gets those of the routes of its plugin', async () => {
    const names: string[] = []
    const watch = defineHandler({
      name: 'shop.watch',
      description: 'Notes each new account.',
      on: { types: ['Account'], ownChanges: true },
      handle: async ({ recordId }, context) => void names.push(await nameOf(context, recordId)),
    })
    const shopApp = await openShop(shop([orders(createAccount)], { handlers: [watch] }))
    try {
      expect((await postOrder(shopApp, { id: '1', account: 'by the route' })).status).toBe(201)
      await deliverAll(backgroundOf(shopApp))
      expect(names).toEqual(['by the route'])
    } finally {
      await shopApp.close()
    }
  })

  it('gets those of jobs that others requested', async () => {
    await runJobNow(backgroundOf(app), workspaceId, 'shipping.first')
    await work()
    await settle()
    expect(seen).toEqual({ own: ['by the job'], others: [] })
  })
})
