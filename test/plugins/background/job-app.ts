import { z } from 'zod'
import { defineJob } from '../../../src/platform/declare/job.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import { defineRule } from '../../../src/platform/declare/rules/rule.ts'
import { type Jobs, openJobs } from '../../../src/platform/jobs/open-jobs.ts'
import { removeJobs } from '../../../src/platform/plugins/lifecycle/queued-jobs.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { accountNames, backgroundOf, shipping } from './shipping.ts'

/** A job in the queue. */
interface Waiting {
  readonly key: string | null
  readonly payload: unknown
  readonly runAt: Date
}

/** An app with a plugin that requests jobs when an account is created, and runs them. A test sets what both do. */
export interface JobApp {
  readonly app: TestApp
  /** Workspace of the user that creates the accounts. */
  readonly workspaceId: string
  /** Payloads of the runs of `shipping.ship`, and workspace and payload of those of `shipping.nightly`. */
  runs: unknown[]
  /** What `shipping.ship` does. */
  act: (context: PluginContext, payload: unknown) => Promise<void>
  /** What the plugin's rule does when an account is created, such as requesting a job. */
  ask: (context: PluginContext) => Promise<void>
  /** Creates an account, for which `ask` runs once. */
  create(name: string): Promise<{ readonly errors: readonly unknown[] }>
  names(): Promise<string[]>
  waiting(): Promise<Waiting[]>
  /** Starts the worker of the queue. */
  work(): void
  /** Stops the worker, empties the queue, and resets `runs`, `act` and `ask`. */
  reset(): Promise<void>
}

export async function createJobApp(): Promise<JobApp> {
  const ship = defineJob({
    name: 'shipping.ship',
    description: 'Ships.',
    payload: z.object({ parcel: z.string(), weight: z.number().default(1) }),
    async run(payload, context) {
      jobApp.runs.push(payload)
      await jobApp.act(context, payload)
    },
  })
  const nightly = defineJob({
    name: 'shipping.nightly',
    description: 'Counts parcels.',
    schedule: '0 3 * * *',
    async run(payload, context) {
      jobApp.runs.push([context.transaction.workspaceId, payload])
    },
  })
  const onAccount = defineRule({
    name: 'shipping.onAccount',
    description: 'Asks for what the test says.',
    object: 'Account',
    on: ['create'],
    after: (_write, context) => jobApp.ask(context),
  })
  const nothing = async () => undefined
  const plugin = { ...shipping({ jobs: [ship, nightly] }), rules: [onAccount] }
  const app = await createTestApp({ plugins: [{ plugin }] })
  const { workspaceId } = app.as('member').actor
  let jobs: Jobs | null = null
  const jobApp: JobApp = {
    app,
    workspaceId,
    runs: [],
    act: nothing,
    ask: nothing,
    async create(name) {
      const answer = await app
        .as('member')
        .query<unknown, object>(
          'mutation ($name: String!) { createAccount(input: { name: $name }) { account { id } userErrors { code } } }',
          { name },
        )
      jobApp.ask = nothing
      return answer
    },
    names: () => accountNames(app, workspaceId),
    async waiting() {
      const { rows } = await app.database.ownerPool.query<Waiting>(
        `select key, payload::jsonb as payload, run_at as "runAt" from graphile_worker._private_jobs order by id`,
      )
      return rows
    },
    work() {
      jobs = openJobs(backgroundOf(app), app.databaseUrl)
    },
    async reset() {
      await jobs?.close()
      jobs = null
      await removeJobs(app.database.ownerPool, 'shipping')
      Object.assign(jobApp, { runs: [], act: nothing, ask: nothing })
    },
  }
  return jobApp
}
