import type { PendingWrite, RecordRule } from '../../../platform/declare/rules/rule.ts'
import { invalid, rightsViolation, ruleViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import type { UnitOfWork } from '../../../platform/request/context.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { checkNewRoles, lacking, listed, rolesById } from '../roles/escalation.ts'
import { permissionErrors } from '../roles/permission-texts.ts'

export const apiKeyFits: RecordRule = {
  name: 'workspaces.apiKeyFits',
  description:
    "A revoked API key can't be updated, an expiry is in the future, and scopes name existing objects, fields and actions.",
  object: 'ApiKey',
  on: ['create', 'update'],
  isIntegral: true,
  before(write, context) {
    const work = workOf(context)
    if (write.before?.['isActive'] === false && write.operation !== 'revokeApiKey') {
      const message = 'The key is revoked. Create another one.'
      return { refusals: [ruleViolation('workspaces.apiKeyStatus', ['input', 'id'], message)] }
    }
    const { expiresAt } = write.values
    const isPast = expiresAt instanceof Date && expiresAt.getTime() <= work.now.getTime()
    return {
      refusals: [
        ...(isPast ? [invalid(['input', 'expiresAt'], 'The expiry must lie in the future.')] : []),
        ...permissionErrors(work.context.runtime.registry, scopesOf(write.values), scopesOf(write.before), [
          'input',
          'scopes',
        ]),
      ],
    }
  },
}

const NAME = 'workspaces.apiKeyWithinOwnRights'
const NO_LIMIT = '*:*'

/** Prevents users from gaining permissions by means of an API key. */
export const apiKeyWithinOwnRights: RecordRule = {
  name: NAME,
  description:
    'Giving an API key a role or a scope requires the permissions that it grants; extending the expiry of a key requires the permissions of the key.',
  object: 'ApiKey',
  on: ['create', 'update'],
  isIntegral: true,
  async before(write, context) {
    const work = workOf(context)
    const { had, errors } = await checkNewRoles(work, NAME, write)
    const permissions = had.flatMap((role) => role.permissions)
    return {
      refusals: [
        ...errors,
        ...(await scopeErrors(work, write, permissions)),
        ...expiryErrors(work, write, permissions),
      ],
    }
  },
}

/**
 * Returns an error for each new scope by which the key would get permissions that the caller does not have. The scope
 * `*:*` does not limit the key, so it counts as everything that the key's roles grant.
 */
async function scopeErrors(
  work: UnitOfWork,
  write: PendingWrite,
  hadPermissions: readonly string[],
): Promise<UserError[]> {
  const before = scopesOf(write.before)
  const errors: UserError[] = []
  for (const [index, scope] of scopesOf(write.values).entries()) {
    if (before.includes(scope)) continue
    const missing = lacking(work, scope === NO_LIMIT ? await permissionsAfter(work, write, hadPermissions) : [scope])
    if (missing.length === 0) continue
    errors.push(
      rightsViolation(
        NAME,
        ['input', 'scopes', String(index)],
        missing,
        `You do not have ${listed(missing)} yourself, so you can't give it to a key.`,
      ),
    )
  }
  return errors
}

/** Returns an error when a key that has permissions that the caller does not have would expire later, or never. */
function expiryErrors(work: UnitOfWork, write: PendingWrite, permissions: readonly string[]): UserError[] {
  const [before, after] = [write.before?.['expiresAt'], write.values['expiresAt']]
  const isLonger = before instanceof Date && (after === null || (after instanceof Date && after > before))
  if (!isLonger) return []
  const scopes = scopesOf(write.before)
  const missing = lacking(work, scopes.includes(NO_LIMIT) ? permissions : scopes)
  if (missing.length === 0) return []
  const why = `The key has ${listed(missing)}, which you do not have, so you can't extend its expiry.`
  return [rightsViolation(NAME, ['input', 'expiresAt'], missing, why)]
}

/** Returns the permissions of the roles that the key has after the write. */
async function permissionsAfter(
  work: UnitOfWork,
  write: PendingWrite,
  had: readonly string[],
): Promise<readonly string[]> {
  const roles = write.items.get('roles')
  if (!roles) return had
  const found = await rolesById(
    work,
    roles.map((row) => String(row['roleId'])),
  )
  return found.flatMap(({ permissions }) => permissions)
}

function scopesOf(values: PendingWrite['before']): string[] {
  const scopes = values?.['scopes']
  return Array.isArray(scopes) ? scopes.map(String) : []
}
