import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import type { PendingWrite, RecordRule } from '../../../platform/declare/rules/rule.ts'
import { invalid, rightsViolation, ruleViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import type { UnitOfWork } from '../../../platform/request/context.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { checkNewRoles, lacking, listed, rolesById } from '../roles/escalation.ts'
import { permissionErrors } from '../roles/permission-texts.ts'

export const apiKeyFits: RecordRule = {
  name: 'workspaces.apiKeyFits',
  description:
    "A revoked API key can't be updated, a new expiry is in the future, and new scopes name existing objects, fields and actions.",
  object: 'ApiKey',
  on: ['create', 'update'],
  // Administrators can't disable the rule.
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
/** The scope with which a key has all permissions of its roles. */
const NO_LIMIT = '*:*'

/**
 * Prevents callers from gaining permissions by means of an API key. A key may do only what its roles and also its
 * `scopes` allow. The scopes are permission texts, such as `account:read`.
 */
export const apiKeyWithinOwnRights: RecordRule = {
  name: NAME,
  description:
    'A caller can give an API key only roles whose permissions the caller has, and only scopes that the caller has as permissions. Adding the scope *:* requires the permissions of all roles of the key. Extending or removing the expiry of a key requires its scopes as permissions, or the permissions of its roles when one of its scopes is *:*.',
  object: 'ApiKey',
  on: ['create', 'update'],
  isIntegral: true,
  async before(write, context) {
    const work = workOf(context)
    const { had, errors } = await checkNewRoles(context, NAME, write)
    const hadPermissions = had.flatMap((role) => role.permissions)
    return {
      refusals: [
        ...errors,
        ...(await scopeErrors(context, write, hadPermissions)),
        ...expiryErrors(work, write, hadPermissions),
      ],
    }
  },
}

/**
 * Returns an error for each new scope that the caller does not have as a permission, even if no role of the key grants
 * it. The scope `*:*` instead requires the permissions of the roles that the key has after the write.
 * @param hadPermissions Permissions of the roles that the key has before the write.
 */
async function scopeErrors(
  context: PluginContext,
  write: PendingWrite,
  hadPermissions: readonly string[],
): Promise<UserError[]> {
  const before = scopesOf(write.before)
  const errors: UserError[] = []
  for (const [index, scope] of scopesOf(write.values).entries()) {
    if (before.includes(scope)) continue
    const missing = lacking(
      workOf(context),
      scope === NO_LIMIT ? await permissionsAfter(context, write, hadPermissions) : [scope],
    )
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

/**
 * Returns an error when a write extends or removes the expiry of an API key, and the caller does not have all scopes of
 * the key as permissions. When one scope is `*:*`, the caller needs the permissions of the key's roles instead. Roles
 * and scopes that the same write adds are checked elsewhere (`checkNewRoles`, `scopeErrors`).
 * @param hadPermissions Permissions of the roles that the key has before the write.
 */
function expiryErrors(work: UnitOfWork, write: PendingWrite, hadPermissions: readonly string[]): UserError[] {
  const [before, after] = [write.before?.['expiresAt'], write.values['expiresAt']]
  const isLonger = before instanceof Date && (after === null || (after instanceof Date && after > before))
  if (!isLonger) return []
  const scopes = scopesOf(write.before)
  const missing = lacking(work, scopes.includes(NO_LIMIT) ? hadPermissions : scopes)
  if (missing.length === 0) return []
  const why = `The key has ${listed(missing)}, which you do not have, so you can't extend its expiry.`
  return [rightsViolation(NAME, ['input', 'expiresAt'], missing, why)]
}

/** Returns the permissions of the key's roles after the write: `hadPermissions` when the write does not set roles. */
async function permissionsAfter(
  context: PluginContext,
  write: PendingWrite,
  hadPermissions: readonly string[],
): Promise<readonly string[]> {
  const roles = write.items.get('roles')
  if (!roles) return hadPermissions
  const found = await rolesById(
    context,
    roles.map((row) => String(row['roleId'])),
  )
  return found.flatMap(({ permissions }) => permissions)
}

function scopesOf(values: PendingWrite['before']): string[] {
  const scopes = values?.['scopes']
  return Array.isArray(scopes) ? scopes.map(String) : []
}
