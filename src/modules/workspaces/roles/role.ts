import { longText } from '../../../platform/declare/objects/column-input.ts'
import { many } from '../../../platform/declare/objects/fields.ts'
import { defineItem } from '../../../platform/declare/objects/item.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'
import { permissionList } from './permission-texts.ts'

const holder = defineItem({ model: 'ActorRole', columns: {} })

export const role = defineObject({
  model: 'Role',
  prefix: 'role',
  plural: 'roles',
  naturalKey: ['name'],
  columns: { name: {}, description: { input: longText, order: false }, permissions: { input: permissionList } },
  relations: { parent: {} },
  fields: {
    children: many({
      description: 'Roles directly below this one.',
      object: 'Role',
      by: 'parent',
      defaultOrder: [{ field: 'name', direction: 'ASC' }],
    }),
    users: many({
      description: 'Users who have the role.',
      object: 'User',
      link: { item: holder, by: 'role', to: 'actor' },
    }),
    apiKeys: many({
      description: 'API keys that have the role.',
      object: 'ApiKey',
      link: { item: holder, by: 'role', to: 'actor' },
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})
