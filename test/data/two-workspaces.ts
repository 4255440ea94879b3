import { Client, type QueryResultRow } from 'pg'
import { uuidv7 } from 'uuidv7'
import { createTestDatabase } from '../../src/testing/test-database.ts'

export type Query = <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<Row[]>

/** A migrated database with two workspaces, and connections as its owner and as the role of the server. */
export interface TwoWorkspaces {
  readonly owner: Client
  readonly app: Client
  readonly one: string
  readonly other: string
  /** Id of the user, the same in both workspaces. */
  readonly user: string
  drop(): Promise<void>
}

export async function createTwoWorkspaces(): Promise<TwoWorkspaces> {
  const database = await createTestDatabase()
  const [owner, app] = [await connect(database.url), await connect(database.url)]
  await app.query('set role rapport_app')
  const [one, other, user] = [uuidv7(), uuidv7(), uuidv7()]
  await inWorkspace(owner, one, (query) => addWorkspace(query, one, 'one', user))
  await inWorkspace(owner, other, (query) => addWorkspace(query, other, 'other', user))
  return {
    owner,
    app,
    one,
    other,
    user,
    async drop() {
      await Promise.all([owner.end(), app.end()])
      await database.drop()
    },
  }
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return client
}

/** Adds a workspace and the user Ada to it. */
export async function addWorkspace(query: Query, id: string, slug: string, user: string): Promise<void> {
  await query('insert into workspaces (id, slug, name) values ($1, $2, $2)', [id, slug])
  await query(`insert into actors (workspace_id, id, kind, display_name) values ($1, $2, 'USER', 'Ada')`, [id, user])
}

/** Runs `work` in a transaction of the workspace, which is committed unless `work` throws. */
export async function inWorkspace<Result>(
  client: Client,
  workspaceId: string,
  work: (query: Query) => Promise<Result>,
): Promise<Result> {
  await client.query('begin')
  try {
    await client.query(`select set_config('app.workspace_id', $1, true)`, [workspaceId])
    const result = await work(async (text, values) => (await client.query(text, values ? [...values] : undefined)).rows)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

/** Inserts a row, with a new id unless `values` has one, and returns the row. */
export async function insert(query: Query, table: string, values: Record<string, unknown>): Promise<QueryResultRow> {
  const row = { id: uuidv7(), ...values }
  const places = Object.keys(row).map((_name, index) => `$${index + 1}`)
  const rows = await query<QueryResultRow>(
    `insert into ${table} (${Object.keys(row).join(', ')}) values (${places.join(', ')}) returning *`,
    Object.values(row),
  )
  return rows[0] ?? {}
}
