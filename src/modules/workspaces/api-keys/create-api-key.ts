import { sql } from '../../../platform/data/sql.ts'
import { defineOperation } from '../../../platform/declare/rules/operation.ts'
import { hashSecret, makeSecret } from '../../../platform/identity/secrets.ts'
import { objectNamed } from '../../../platform/registry/registry.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { createRecords } from '../../../platform/writes/create.ts'

export const createApiKey = defineOperation({
  name: 'createApiKey',
  description:
    'Creates an API key, with which an integration authenticates. The secret of the key is returned only in this response: store it safely.',
  permission: 'apiKey:create',
  input: {
    displayName: {
      type: 'String',
      isRequired: true,
      description: 'Name of the API key that users see, such as the name of the integration that uses it.',
    },
    roles: {
      type: 'ActorRoleInput',
      isList: true,
      isRequired: true,
      description: 'Roles of the key, at most 200. The key may do only what its roles and also its `scopes` allow.',
    },
    scopes: {
      type: 'String',
      isList: true,
      description:
        'Permissions that limit the key, such as `account:read`. The key may do only what its roles and also its `scopes` allow. Default: `*:*`, which adds no limit to the roles.',
    },
    expiresAt: { type: 'DateTime', description: 'When the key expires. Default: never.' },
  },
  payload: {
    apiKey: { type: 'ApiKey', isNullable: true, description: 'The key; null when there are errors.' },
    secret: {
      type: 'String',
      isNullable: true,
      isSecret: true,
      description:
        'The secret, which the integration sends as `Authorization: Bearer <secret>`; null when there are errors.',
    },
  },
  async run(input, context) {
    const work = workOf(context)
    const object = objectNamed(work.context.runtime.registry, 'ApiKey')
    // The default is set here and not by the database, so that the rules see it: a key with the scope *:* requires more
    // permissions of the caller.
    const row = { input: { ...input, scopes: input.scopes ?? ['*:*'] }, path: ['input'] }
    const [created] = await createRecords(work, object, [row], 'REJECT_ALL')
    if (!created?.id) return { values: { apiKey: null }, userErrors: created?.errors ?? [] }
    const secret = makeSecret('rpk_')
    await work.transaction.query(
      sql`update actors set key_hash = ${hashSecret(secret)}, key_hint = ${secret.slice(-4)}
          where workspace_id = ${work.transaction.workspaceId}::uuid and id = ${created.id}::uuid`,
    )
    return { values: { apiKey: created.id, secret }, userErrors: [] }
  },
})
