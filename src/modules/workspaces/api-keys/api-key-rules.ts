import type { PendingWrite, RecordRule } from '../../../platform/declare/rules/rule.ts'
import { invalid, rightsViolation, ruleViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import type { UnitOfWork } from '../../../platform/request/context.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { lacking, listed, roleGift, rolesById } from '../roles/escalation.ts'
import { permissionErrors } from '../roles/permission-texts.ts'

/** What a key says of itself makes sense. */
export const apiKeyFits: RecordRule = {
  name: 'workspaces.apiKeyFits',
  description: 'A key that was revoked is not changed, an expiry lies in the future, and scopes name what there is.',
  object: 'ApiKey',
  on: ['create', 'update'],
  isIntegral: true,
  before(write, context) {
    const work = workOf(context)
    if (write.before?.['isActive'] === false && write.operation !== 'revokeApiKey') {
      const message = 'The key is revoked. Make another one.'
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

/** Nobody comes to more rights by a key. */
export const apiKeyWithinOwnRights: RecordRule = {
  name: NAME,
  description:
    'Nobody gives an API key a role or a scope that grants more than they have themselves, or a longer life to a key that has more.',
  object: 'ApiKey',
  on: ['create', 'update'],
  isIntegral: true,
  async before(write, context) {
    const work = workOf(context)
    const { had, errors } = await roleGift(work, NAME, write)
    const permissions = had.flatMap((role) => role.permissions)
    return {
      refusals: [...errors, ...(await scopeErrors(work, write, permissions)), ...lifeErrors(work, write, permissions)],
    }
  },
}

/** Scopes that widen the key beyond what the caller may do. No limit by scopes leaves all that the roles grant. */
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

/** A longer life of a key that may do what the caller may not. */
function lifeErrors(work: UnitOfWork, write: PendingWrite, permissions: readonly string[]): UserError[] {
  const [before, after] = [write.before?.['expiresAt'], write.values['expiresAt']]
  const isLonger = before instanceof Date && (after === null || (after instanceof Date && after > before))
  if (!isLonger) return []
  const scopes = scopesOf(write.before)
  const missing = lacking(work, scopes.includes(NO_LIMIT) ? permissions : scopes)
  if (missing.length === 0) return []
  const why = `The key may do ${listed(missing)}, which you may not, so its life is not yours to prolong.`
  return [rightsViolation(NAME, ['input', 'expiresAt'], missing, why)]
}

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
