import { at, listAt } from '../../src/testing/answers.ts'
import type { TestClient } from '../../src/testing/client.ts'
import type { TestApp } from '../support/app.ts'

const IMPORT = `mutation ($input: ImportRecordsInput!) {
  importRecords(input: $input) {
    createdCount updatedCount unchangedCount failedCount
    results { line outcome recordId userErrors { code message path } }
    userErrors { __typename code message path }
  }
}`

/** Runs the mutation importRecords and returns its payload. */
export async function importRecords(client: TestClient, input: Readonly<Record<string, unknown>>): Promise<unknown> {
  return at(await client.must(IMPORT, { input }), 'importRecords')
}

/** The four counts of a payload. */
export function countsOf(payload: unknown): Record<string, unknown> {
  return {
    created: at(payload, 'createdCount'),
    updated: at(payload, 'updatedCount'),
    unchanged: at(payload, 'unchangedCount'),
    failed: at(payload, 'failedCount'),
  }
}

type Order = Readonly<Record<string, unknown>>

/** The only column that an account requires. */
export const NAMED = [{ column: 'name', field: 'name' }] as const

/** Imports accounts as a member. Imports only the names unless `order` has other columns. */
export function importAccounts(app: TestApp, csv: string, order: Order = {}): Promise<unknown> {
  return importRecords(app.as('member'), { object: 'Account', csv, columns: NAMED, ...order })
}

/** `line outcome` of each row. */
export function outcomesOf(payload: unknown): string[] {
  return listAt(payload, 'results').map((row) => `${String(at(row, 'line'))} ${String(at(row, 'outcome'))}`)
}

/** `path: message` of each user error, without `input` at the beginning of the path. */
export function errorsOf(payload: unknown): string[] {
  return listAt(payload, 'userErrors').map(
    (error) => `${listAt(error, 'path').slice(1).join('.')}: ${String(at(error, 'message'))}`,
  )
}

/** All accounts, ordered by name. */
export async function accountsIn(app: TestApp): Promise<readonly unknown[]> {
  const query = `{ accounts(first: 200, orderBy: [{ name: ASC }]) { nodes {
    name version industry type employeeCount parent { name } owner { email } team { name } domains { domain } addresses { label city country isPrimary }
  } } }`
  return listAt(await app.as('member').must(query), 'accounts.nodes')
}

/** The number of changes and of audit entries. */
export async function logged(app: TestApp): Promise<unknown> {
  const { rows } = await app.database.ownerPool.query(
    'select count(*)::int as changes, (select count(*)::int from audit_entries) as audits from changes',
  )
  return rows[0]
}

/** Deletes all records except the workspaces and their users. */
export async function emptyRecords(app: TestApp): Promise<void> {
  await app.database.ownerPool.query(
    'truncate changes, audit_entries, idempotency_keys, contacts, accounts, teams cascade',
  )
}
