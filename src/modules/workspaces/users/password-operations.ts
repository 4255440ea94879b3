import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { decodeRecordId } from '../../../platform/declare/record-id.ts'
import { defineOperation } from '../../../platform/declare/rules/operation.ts'
import {
  invalid,
  notFound,
  rightsViolation,
  ruleViolation,
  type UserError,
} from '../../../platform/declare/rules/user-errors.ts'
import { PasswordError } from '../../../platform/identity/identity-errors.ts'
import { changePassword as changeStoredPassword } from '../../../platform/identity/passwords/passwords.ts'
import { makeSetupToken } from '../../../platform/identity/passwords/setup-tokens.ts'
import type { UnitOfWork } from '../../../platform/request/context.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { mayActOn } from '../may-act-on.ts'
import { lackingToActAs, listed, rolesOf } from '../roles/escalation.ts'

export const resetPassword = defineOperation({
  name: 'resetPassword',
  description:
    'Creates a setup token, with which a new user, or a user who forgot the password, can set a password once. The token is returned only in this response: pass it on to the user. Setting the password ends all sessions of the user.',
  permission: 'user:update',
  input: { userId: { type: 'ID', isRequired: true, description: 'Id of the user.' } },
  payload: {
    user: { type: 'User', isNullable: true, description: 'The user; null when there are errors.' },
    setupToken: {
      type: 'String',
      isNullable: true,
      isSecret: true,
      description: 'The token, which `POST /oauth/password` accepts once; null when there are errors.',
    },
    expiresAt: {
      type: 'DateTime',
      isNullable: true,
      description: 'When the token expires; null when there are errors.',
    },
  },
  async run({ userId }, context) {
    const work = workOf(context)
    const path = ['input', 'userId']
    const refuse = (error: UserError) => ({ values: { user: null }, userErrors: [error] })
    const user = await context.records.get('User', userId)
    const actorId = decodeRecordId(userId, 'user')
    if (!user || actorId === null || !(await mayActOn(work, 'User', actorId, 'update')))
      return refuse(notFound(path, 'User'))
    if (user['isActive'] === false)
      return refuse(ruleViolation('workspaces.userStatus', path, 'The user is suspended. Reactivate the user first.'))
    const missing = lackingToActAs(work, actorId, await rolesOf(context, actorId))
    if (missing.length > 0) {
      const why = `The user has ${listed(missing)}, which you do not have, so you can't reset their password.`
      return refuse(rightsViolation('workspaces.userWithinOwnRights', path, missing, why))
    }
    // The database role of the server can't read the table of passwords: a transaction of the owner stores the token.
    const { ownerPool } = work.context.runtime.database
    const { token, expiresAt } = await makeSetupToken(ownerPool, { workspaceId: work.transaction.workspaceId, actorId })
    logSecretChange(work, actorId, Number(user['version']), 'setupToken')
    return { values: { user: actorId, setupToken: token, expiresAt }, userErrors: [] }
  },
})

export const changePassword = defineOperation({
  name: 'changePassword',
  description:
    "Changes the caller's own password and ends the caller's other sessions. Does not accept an Idempotency-Key.",
  permission: null,
  input: {
    currentPassword: { type: 'String', isRequired: true, isSecret: true, description: 'The current password.' },
    newPassword: {
      type: 'String',
      isRequired: true,
      isSecret: true,
      description: 'The new password, of 15 to 200 characters.',
    },
  },
  payload: {
    user: {
      type: 'User',
      isNullable: true,
      description: 'The caller; null when there are errors, and for a caller without the permission user:read.',
    },
  },
  async run({ currentPassword, newPassword }, context) {
    const work = workOf(context)
    const { actor } = work.context
    if (actor.kind !== 'USER')
      return { values: { user: null }, userErrors: [invalid(['input'], 'Only users have a password.')] }
    const { sessionId = null } = actor
    const { workspaceId } = work.transaction
    try {
      await changeStoredPassword(work.context.runtime.database.ownerPool, {
        workspaceId,
        actorId: actor.id,
        currentPassword,
        newPassword,
        sessionId,
      })
    } catch (error) {
      if (!(error instanceof PasswordError)) throw error
      const field = error.code === 'PASSWORD_WRONG' ? 'currentPassword' : 'newPassword'
      return { values: { user: null }, userErrors: [{ ...invalid(['input', field], error.message), code: error.code }] }
    }
    logSecretChange(work, actor.id, await versionOf(context, actor.id), 'password')
    return { values: { user: actor.id }, userErrors: [] }
  },
})

async function versionOf({ unrestricted }: PluginContext, actorId: string): Promise<number> {
  const row = await unrestricted.prisma.actor.findFirst({ where: { id: actorId }, select: { version: true } })
  return row?.version ?? 1
}

/** Adds to the log and the audit that a secret of the user was changed. The entries do not contain the secret. */
function logSecretChange(work: UnitOfWork, recordId: string, version: number, field: string): void {
  work.log.push({ operation: 'UPDATED', type: 'User', recordId, version, changes: { [field]: { from: '…', to: '…' } } })
}
