import pg from 'pg'
import { APP_ROLE } from './database.ts'
import { MigrationError } from './migrations/migration-error.ts'
import { INSUFFICIENT_PRIVILEGE, sqlState } from './transaction.ts'

/**
 * SQLSTATEs that occur when another database of the same cluster sets up the role at the same time: duplicate object,
 * unique violation and internal error.
 */
const CONCURRENT_SETUP_STATES = new Set(['42710', '23505', 'XX000'])
const MAX_ATTEMPTS = 5

/**
 * Ensures that the server's role exists, that row-level security applies to it, and that the connected owner can switch
 * to it. Row-level security does not apply to the owner of a table, so the server's role and the owner have to be
 * different roles (docs/decisions/0002-row-level-security.md). Roles belong to the cluster, not to the database, so
 * another database may set up the same role at the same time; the set-up is then tried again.
 * @throws MigrationError that says what a database administrator has to change, when the owner lacks a privilege or
 * row-level security does not apply to the role.
 */
export async function ensureAppRole(client: pg.ClientBase): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await setUpAppRole(client)
    } catch (error) {
      const state = sqlState(error)
      if (state === INSUFFICIENT_PRIVILEGE) throw await insufficientPrivilegeError(client, error)
      if (attempt === MAX_ATTEMPTS || state === null || !CONCURRENT_SETUP_STATES.has(state)) throw error
    }
  }
}

async function setUpAppRole(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ bypasses: boolean; owner: string; hasOwnerRights: boolean }>(
    `select rolsuper or rolbypassrls as bypasses, current_user as owner, pg_has_role(oid, current_user, 'MEMBER') as "hasOwnerRights"
     from pg_roles where rolname = $1`,
    [APP_ROLE],
  )
  if (rows[0]?.bypasses) {
    throw new MigrationError(
      `The role ${APP_ROLE} is a superuser or bypasses row-level security, so that workspaces would see each other's records. ` +
        `Have an administrator run:\n  ALTER ROLE ${APP_ROLE} NOSUPERUSER NOBYPASSRLS;`,
    )
  }
  if (rows[0]?.hasOwnerRights) throw ownerRightsError(rows[0].owner)
  if (!rows[0]) await client.query(`create role ${APP_ROLE} nologin nosuperuser nobypassrls`)
  if (!(await canSetRole(client))) await client.query(`grant ${APP_ROLE} to current_user`)
}

function ownerRightsError(owner: string): MigrationError {
  const remedy =
    owner === APP_ROLE
      ? 'Connect as another user in DATABASE_URL.'
      : `Have an administrator run:\n  REVOKE ${pg.escapeIdentifier(owner)} FROM ${APP_ROLE};`
  return new MigrationError(
    `The role ${APP_ROLE}, under which the server reads and writes, has the rights of the tables' owner ${owner}, ` +
      `so that row-level security would not apply to it and workspaces would see each other's records. ${remedy}`,
  )
}

/**
 * Whether the owner can SET ROLE to the server's role. Tries the statement instead of looking up the privilege that it
 * needs, because that privilege has another name before PostgreSQL 16.
 */
async function canSetRole(client: pg.ClientBase): Promise<boolean> {
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

async function insufficientPrivilegeError(client: pg.ClientBase, cause: unknown): Promise<MigrationError> {
  const { rows } = await client.query<{ owner: string; exists: boolean }>(
    'select current_user as owner, exists (select from pg_roles where rolname = $1)',
    [APP_ROLE],
  )
  const owner = rows[0]?.owner ?? ''
  const statements = [
    ...(rows[0]?.exists ? [] : [`CREATE ROLE ${APP_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS;`]),
    `GRANT ${APP_ROLE} TO ${pg.escapeIdentifier(owner)};`,
  ]
  return new MigrationError(
    `The database user ${owner} may not set up the role ${APP_ROLE}, under which the server reads and writes. ` +
      `Have an administrator run:\n  ${statements.join('\n  ')}`,
    { cause },
  )
}
