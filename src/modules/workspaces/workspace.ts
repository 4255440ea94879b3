import { sql } from '../../platform/data/sql.ts'
import { defineItem, defineObject, type VariantDeclaration, type View } from '../../platform/schema/declare.ts'
import { items, list } from '../../platform/schema/fields.ts'

export const workspace = defineObject({
  model: 'Workspace',
  prefix: 'workspace',
  columns: { id: {}, slug: {}, name: {}, defaultCurrency: {}, createdAt: {}, updatedAt: {} },
})

export const role = defineObject({
  model: 'Role',
  prefix: 'role',
  plural: 'roles',
  columns: { name: {}, permissions: {} },
})

/** Abstract: whoever made a record, a person or an integration. */
export const actor = defineObject({
  model: 'Actor',
  prefix: 'actor',
  description: 'Who acts in a workspace: a user, an API key or a plugin.',
  discriminator: 'kind',
  columns: { displayName: {}, isActive: {} },
})

export const actorKinds: readonly VariantDeclaration[] = [
  { name: 'User', of: 'Actor', kind: 'USER', prefix: 'user', isObject: true, description: 'A person who logs in.' },
  { name: 'ApiKey', of: 'Actor', kind: 'API_KEY', prefix: 'apikey', isObject: true, description: 'An integration.' },
  {
    name: 'PluginActor',
    of: 'Actor',
    kind: 'PLUGIN',
    prefix: 'pluginactor',
    isObject: true,
    description: 'A plugin, at work without anybody having asked.',
  },
]

export const user = defineObject({
  name: 'User',
  model: 'Actor',
  description: 'A person who logs in to the workspace.',
  prefix: 'user',
  plural: 'users',
  where: { column: 'kind', equals: 'USER' },
  columns: { displayName: {}, email: {}, isActive: {} },
})

export const apiKey = defineObject({
  name: 'ApiKey',
  model: 'Actor',
  description: 'An integration that works with a key of its own.',
  prefix: 'apikey',
  where: { column: 'kind', equals: 'API_KEY' },
  columns: { displayName: {}, isActive: {}, expiresAt: {} },
})

export const pluginActor = defineObject({
  name: 'PluginActor',
  model: 'Actor',
  description: 'A plugin, at work without anybody having asked: its jobs and handlers.',
  prefix: 'pluginactor',
  where: { column: 'kind', equals: 'PLUGIN' },
  columns: { displayName: {}, isActive: {} },
})

const member = defineItem({
  model: 'TeamMember',
  columns: { isLead: {} },
  relations: { user: { object: 'User' } },
})

export const team = defineObject({
  model: 'Team',
  prefix: 'team',
  plural: 'teams',
  search: 'searchText',
  naturalKey: ['name'],
  columns: { name: {}, description: {} },
  fields: { members: items({ description: 'Users in the team.', item: member, by: 'team' }) },
  writes: ['create', 'update', 'delete', 'restore'],
})

export const viewer: View = {
  field: 'viewer',
  name: 'Viewer',
  description: 'The caller: who acts, where, and in which roles.',
  fields: {
    actor: list({
      description: 'The user or API key that the credential stands for.',
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
  },
}
