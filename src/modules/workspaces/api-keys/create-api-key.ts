import { sql } from '../../../platform/data/sql.ts'
import { defineOperation } from '../../../platform/declare/rules/operation.ts'
import { hashSecret, makeSecret } from '../../../platform/identity/secrets.ts'
import { objectNamed } from '../../../platform/registry/registry.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { createRecords } from '../../../platform/writes/create.ts'

/** `createApiKey`: the secret is told in its answer, and never again. */
export const createApiKey = defineOperation({
  name: 'createApiKey',
  description:
    'Makes an API key for an integration. Its secret is told in this answer only: keep it where secrets are kept.',
  permission: 'apiKey:create',
  input: {
    displayName: { type: 'String', isRequired: true, description: 'Name people know the integration by.' },
    roles: { type: 'ActorRoleInput', isList: true, isRequired: true, description: 'Roles of the key.' },
    scopes: {
      type: 'String',
      isList: true,
      description:
        'What the key may do at most, within what its roles grant, such as `account:read`; no further limit unless given.',
    },
    expiresAt: { type: 'DateTime', description: 'When it stops working; never unless given.' },
  },
  payload: {
    apiKey: { type: 'ApiKey', isNullable: true, description: 'The key; null where there are errors.' },
    secret: {
      type: 'String',
      isNullable: true,
      isSecret: true,
      description: 'What the integration sends as `Authorization: Bearer <secret>`; null where there are errors.',
    },
  },
  async run(input, context) {
    const work = workOf(context)
    const object = objectNamed(work.context.runtime.registry, 'ApiKey')
    // Written out, because the rules are to see it: a key without a limit is more than one with some.
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
