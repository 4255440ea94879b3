import { sql } from '../../../platform/data/sql.ts'
import { decodeRecordId } from '../../../platform/declare/record-id.ts'
import { defineOperation } from '../../../platform/declare/rules/operation.ts'
import { notFound } from '../../../platform/declare/rules/user-errors.ts'
import { endSession } from '../../../platform/identity/sessions/sessions.ts'
import { requirePermission } from '../../../platform/permissions/forbidden.ts'
import type { UnitOfWork } from '../../../platform/request/context.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { mayActOn } from '../may-act-on.ts'

export const revokeSession = defineOperation({
  name: 'revokeSession',
  description:
    'Ends a session: its tokens are refused from the next request on. Ending a session of the caller needs no permission; ending a session of another user needs session:delete.',
  permission: null,
  input: { id: { type: 'ID', isRequired: true, description: 'Id of the session.' } },
  payload: {
    session: {
      type: 'Session',
      isNullable: true,
      description:
        'The session; null when there are errors, and for a caller without the permission session:read. Such a caller reads their own sessions by `viewer`.',
    },
  },
  async run({ id }, context) {
    const work = workOf(context)
    const sessionId = decodeRecordId(id, 'session')
    const found = sessionId === null ? null : await readSession(work, sessionId)
    const refused = { values: { session: null }, userErrors: [notFound(['input', 'id'], 'Session')] }
    if (!found) return refused
    if (found.actorId !== work.context.actor.id && !(await mayActOn(work, 'Session', found.id, 'delete')))
      return refused
    if (!found.hasEnded) await endAndLog(work, found.id)
    return { values: { session: found.id }, userErrors: [] }
  },
})

export const revokeSessions = defineOperation({
  name: 'revokeSessions',
  description:
    "Ends all active sessions of a user. Ending the caller's own sessions needs no permission; ending the sessions of another user needs session:delete.",
  permission: null,
  input: { userId: { type: 'ID', isRequired: true, description: 'Id of the user.' } },
  payload: { revokedCount: { type: 'Int', description: 'Number of sessions that were ended.' } },
  async run({ userId }, context) {
    const work = workOf(context)
    const actorId = decodeRecordId(userId, 'user')
    const isOwn = actorId === work.context.actor.id
    if (!isOwn) requirePermission(work.context.actor, 'session:delete')
    if (actorId === null || !(isOwn || (await context.records.get('User', actorId))))
      return { values: {}, userErrors: [notFound(['input', 'userId'], 'User')] }
    const active = await activeSessionIds(work, actorId)
    let revokedCount = 0
    for (const sessionId of active) {
      if (!isOwn && !(await mayActOn(work, 'Session', sessionId, 'delete'))) continue
      await endAndLog(work, sessionId)
      revokedCount++
    }
    return { values: { revokedCount }, userErrors: [] }
  },
})

interface FoundSession extends Record<string, unknown> {
  readonly id: string
  readonly actorId: string
  readonly hasEnded: boolean
}

async function readSession({ transaction }: UnitOfWork, id: string): Promise<FoundSession | null> {
  const [found] = await transaction.query<FoundSession>(
    sql`select id, actor_id as "actorId", (revoked_at is not null or expires_at <= now()) as "hasEnded" from sessions
        where workspace_id = ${transaction.workspaceId}::uuid and id = ${id}::uuid for no key update`,
  )
  return found ?? null
}

async function activeSessionIds({ transaction }: UnitOfWork, actorId: string): Promise<string[]> {
  const rows = await transaction.query<{ id: string }>(
    sql`select id from sessions where workspace_id = ${transaction.workspaceId}::uuid and actor_id = ${actorId}::uuid
          and revoked_at is null and expires_at > now() order by id for no key update`,
  )
  return rows.map(({ id }) => id)
}

async function endAndLog(work: UnitOfWork, sessionId: string): Promise<void> {
  const { transaction, now } = work
  await endSession(transaction, { workspaceId: transaction.workspaceId, sessionId, reason: 'REVOKED' })
  work.log.push({
    operation: 'UPDATED',
    type: 'Session',
    recordId: sessionId,
    // The log needs a version, but sessions have no such column. A session changes only once, when it is ended: so its
    // version is 2.
    version: 2,
    changes: {
      revokedAt: { from: null, to: now.toISOString() },
      revokedReason: { from: null, to: 'REVOKED' },
    },
  })
}
