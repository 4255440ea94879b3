import { sql } from '../../platform/data/sql.ts'
import { custom, list } from '../../platform/declare/objects/fields.ts'
import type { View } from '../../platform/declare/objects/object.ts'
import { encodeId } from '../../platform/declare/record-id.ts'
import { effectivePermissions } from '../../platform/permissions/cover.ts'
import { sensitiveIn } from './roles/permission-texts.ts'

export const viewer: View = {
  field: 'viewer',
  name: 'Viewer',
  description: 'The caller, with their workspace, roles, permissions and sessions.',
  fields: {
    actor: list({
      description: 'The user or API key that the credential belongs to.',
      object: 'Actor',
      isSingle: true,
      isOwn: true,
      ids: (self) => sql`select ${self.column('id')} as id, 0 as position`,
    }),
    workspace: list({
      description: 'The workspace that the credential is for.',
      object: 'Workspace',
      isSingle: true,
      isOwn: true,
      ids: (self) => sql`select ${self.column('workspaceId')} as id, 0 as position`,
    }),
    roles: list({
      description: "The caller's roles.",
      object: 'Role',
      isOwn: true,
      ids: (self) =>
        sql`select role_id as id, 0 as position from actor_roles where workspace_id = ${self.column('workspaceId')} and actor_id = ${self.column('id')}`,
    }),
    permissions: custom({
      description:
        'Permissions of the caller, such as `account:read` or `account:update@own`; sorted. For an API key: the permissions that its roles grant and its `scopes` also allow. Front-ends use the list to decide which actions to offer.',
      type: 'String',
      isList: true,
      read: ({ reading }) => ({
        sql: sql`null`,
        shape: () => effectivePermissions(reading.actor, sensitiveIn(reading.registry)),
      }),
    }),
    sessions: list({
      description: 'Active sessions of the caller, the most recently used first.',
      object: 'Session',
      isOwn: true,
      ids: (self) =>
        sql`select id, row_number() over (order by last_used_at desc, id) as position from sessions
          where workspace_id = ${self.column('workspaceId')} and actor_id = ${self.column('id')} and revoked_at is null and expires_at > now()`,
    }),
    sessionId: custom({
      description:
        'Id of the session that the credential belongs to, which is one of `sessions`; null for a credential without a session, such as an API key.',
      type: 'ID',
      isNullable: true,
      read: ({ reading: { actor } }) => ({
        sql: sql`null`,
        shape: () => (actor.sessionId ? encodeId('session', actor.sessionId) : null),
      }),
    }),
  },
}
