import { sql } from '../platform/data/sql.ts'
import { enablePlugin } from '../platform/plugins/host/activation.ts'
import type { Runtime, UnitOfWork } from '../platform/request/context.ts'
import { runWrites } from '../platform/writes/unit-of-work.ts'
import { generateDemo } from './generate.ts'
import { DEMO_SLUG, openDemoWorkspace } from './workspace.ts'
import { writeSlice } from './write.ts'

const ACCOUNTS = 25
const SEED = 0

/**
 * Fills the workspace `demo` with a small set of data and enables every plugin in it. Does nothing when the workspace
 * does not exist, or when anything was ever written in it. All data is written in one transaction: if the server is
 * killed meanwhile, nothing is stored and the next start tries again. When several nodes start at the same time, only
 * one of them writes the data.
 */
export async function seedDemo(runtime: Runtime): Promise<void> {
  const { rows } = await runtime.database.ownerPool.query<{ id: string }>(
    'select id from workspaces w where slug = $1 and not exists (select from changes c where c.workspace_id = w.id)',
    [DEMO_SLUG],
  )
  if (rows.length === 0) return
  const { context, users } = await openDemoWorkspace(runtime, DEMO_SLUG)
  const [slice] = generateDemo({
    accounts: ACCOUNTS,
    seed: SEED,
    until: new Date(),
    userCount: users.length,
    takenDomains: new Set(),
  })
  await runWrites(context, async (work) => {
    if (!slice || !(await isUntouched(work))) return
    await writeSlice(work, slice, users)
    await enableAll(work)
  })
}

async function enableAll(work: UnitOfWork): Promise<void> {
  for (const { plugin } of work.context.runtime.host.loaded) {
    const errors = await enablePlugin(work, plugin.id)
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join(' '))
  }
}

/**
 * Whether nothing was ever written in the workspace. Takes an advisory lock, so that another node that calls this
 * at the same time waits until this transaction has ended.
 */
async function isUntouched({ transaction }: UnitOfWork): Promise<boolean> {
  await transaction.query(sql`select pg_advisory_xact_lock(hashtextextended(${`demo ${transaction.workspaceId}`}, 0))`)
  const changes = await transaction.query(
    sql`select 1 from changes where workspace_id = ${transaction.workspaceId}::uuid limit 1`,
  )
  return changes.length === 0
}
