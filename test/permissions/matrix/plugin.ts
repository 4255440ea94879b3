import { definePlugin, type Plugin } from '../../../src/platform/declare/plugin.ts'
import { defineQuery } from '../../../src/platform/declare/query.ts'

/** A plugin that hands on whatever `records.find` tells it, under permissions of its own. */
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

/** May itself do everything: what it tells is what its caller may be told. */
export const wideProbe = probe('wide', ['*:*'])
/** May itself read one field of one object. */
export const narrowProbe = probe('narrow', ['account.name:read'])
