import { definePlugin, type Plugin } from '../../../src/platform/declare/plugin.ts'
import { defineQuery } from '../../../src/platform/declare/query.ts'

/** A plugin whose query returns whatever `records.find` returns, with these permissions in its manifest. */
function probe(id: string, permissions: NonNullable<Plugin['permissions']>): Plugin {
  return definePlugin({
    id,
    description: 'Looks at everything.',
    version: '1.0.0',
    api: '^1.0.0',
    permissions,
    queries: [
      defineQuery({
        name: `${id}Records`,
        description: 'Records of an object, as a plugin finds them.',
        permission: 'account:read',
        args: {
          object: { type: 'String', isRequired: true, description: 'The object.' },
          filter: { type: 'String', description: 'The filter, as JSON.' },
        },
        answer: { type: 'String' as const, isNullable: true },
        async run({ object, filter }, { records }) {
          const asked = typeof filter === 'string' ? { filter: JSON.parse(filter) } : {}
          return JSON.stringify(await records.find(String(object), { ...asked, first: 1_000 }))
        },
      }),
    ],
  })
}

/** May do everything, so that only the caller's permissions limit its answers. */
export const wideProbe = probe('wide', ['*:*'])
/** May read only one field of one object. */
export const narrowProbe = probe('narrow', ['account.name:read'])
