import pg from 'pg'
import { APP_ROLE } from './database.ts'
import { MigrationError } from './migrations/migration-error.ts'
import { INSUFFICIENT_PRIVILEGE, sqlState } from './transaction.ts'

/** Another database of the same cluster did the same at the same time: duplicate object, unique violation, internal. */
const RACES = new Set(['42710', '23505', 'XX000'])
const MAX_ATTEMPTS = 5

/**
 * Makes sure that the server's role exists, that row-level security holds it, and that the connected owner may take it.
 * It does not hold who owns a table, so the two have to be different roles (docs/decisions/0002-row-level-security.md).
 * Roles belong to the cluster, not to the database: others may be doing the same.
 * @throws MigrationError that says what an administrator has to change, when the owner may not or the role is not held.
 */
export async function ensureAppRole(client: pg.ClientBase): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await establish(client)
    } catch (error) {
      const state = sqlState(error)
      if (state === INSUFFICIENT_PRIVILEGE) throw await refusal(client, error)
      if (attempt === MAX_ATTEMPTS || state === null || !RACES.has(state)) throw error
    }
  }
}

async function establish(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ bypasses: boolean; ownerPool: string; owns: boolean }>(
    `select rolsuper or rolbypassrls as bypasses, current_user as owner, pg_has_role(oid, current_user, 'MEMBER') as owns
     from pg_roles where rolname = $1`,
    [APP_ROLE],
  )
  if (rows[0]?.bypasses) {
    throw new MigrationError(
      `The role ${APP_ROLE} is a superuser or bypasses row-level security, so that workspaces would see each other's records. ` +
        `Have an administrator run:\n  ALTER ROLE ${APP_ROLE} NOSUPERUSER NOBYPASSRLS;`,
    )
  }
  if (rows[0]?.owns) throw owns(rows[0].ownerPool)
  if (!rows[0]) await client.query(`create role ${APP_ROLE} nologin nosuperuser nobypassrls`)
  if (!(await mayTakeRole(client))) await client.query(`grant ${APP_ROLE} to current_user`)
}

function owns(ownerPool: string): MigrationError {
  const remedy =
    ownerPool === APP_ROLE
      ? 'Connect as another user in DATABASE_URL.'
      : `Have an administrator run:\n  REVOKE ${pg.escapeIdentifier(ownerPool)} FROM ${APP_ROLE};`
  return new MigrationError(
    `The role ${APP_ROLE}, under which the server reads and writes, has the rights of the tables' owner ${ownerPool}, ` +
      `so that row-level security would not hold it and workspaces would see each other's records. ${remedy}`,
  )
}

/** Asks by doing: the privilege that SET ROLE needs has another name before PostgreSQL 16. */
async function mayTakeRole(client: pg.ClientBase): Promise<boolean> {
  try {
    await client.query(`begin; set local role ${APP_ROLE}`)
    return true
  } catch (error) {
    if (sqlState(error) === INSUFFICIENT_PRIVILEGE) return false
    throw error
  } finally {
    await client.query('rollback')
  }
}

async function refusal(client: pg.ClientBase, cause: unknown): Promise<MigrationError> {
  const { rows } = await client.query<{ ownerPool: string; exists: boolean }>(
    'select current_user as owner, exists (select from pg_roles where rolname = $1)',
    [APP_ROLE],
  )
  const ownerPool = rows[0]?.ownerPool ?? ''
  const statements = [
    ...(rows[0]?.exists ? [] : [`CREATE ROLE ${APP_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS;`]),
    `GRANT ${APP_ROLE} TO ${pg.escapeIdentifier(ownerPool)};`,
  ]
  return new MigrationError(
    `The database user ${ownerPool} may not set up the role ${APP_ROLE}, under which the server reads and writes. ` +
      `Have an administrator run:\n  ${statements.join('\n  ')}`,
    { cause },
  )
}
