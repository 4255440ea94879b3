import { text } from '../../../platform/declare/objects/column-input.ts'
import { many } from '../../../platform/declare/objects/fields.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'
import type { Act } from '../../../platform/declare/rules/act.ts'
import { ruleViolation } from '../../../platform/declare/rules/user-errors.ts'
import { actorRole } from '../actor-object.ts'
import { permissionList } from '../roles/permission-texts.ts'

export const apiKey = defineObject({
  name: 'ApiKey',
  model: 'Actor',
  description: 'An integration, which authenticates with an API key.',
  prefix: 'apikey',
  plural: 'apiKeys',
  where: { column: 'kind', equals: 'API_KEY' },
  columns: {
    displayName: { input: text(200).min(1, 'Must not be empty.') },
    keyHint: { input: false },
    scopes: { input: permissionList.min(1, 'Set at least one scope. The scope *:* adds no limit to the roles.') },
    expiresAt: {},
    isActive: { input: false },
  },
  fields: {
    roles: many({
      description: 'Roles of the key. The key may do only what its roles and also its `scopes` allow.',
      object: 'Role',
      link: { item: actorRole, by: 'actor', to: 'role', isWritten: true },
    }),
  },
  writes: ['update'],
})

export const revokeApiKey: Act = {
  name: 'revokeApiKey',
  description:
    'Revokes an API key permanently: requests with the key are refused from now on. Records that were written with it stay unchanged.',
  object: 'ApiKey',
  apply: (record) =>
    record['isActive'] === false
      ? { refusals: [ruleViolation('workspaces.apiKeyStatus', ['input', 'id'], 'The key is revoked already.')] }
      : { patch: { isActive: false } },
}
