import { items } from '../../platform/declare/objects/fields.ts'
import { defineItem } from '../../platform/declare/objects/item.ts'
import { defineObject } from '../../platform/declare/objects/object.ts'

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
  searchedFields: ['name'],
  naturalKey: ['name'],
  columns: { name: {}, description: {} },
  fields: {
    members: items({
      description: 'Users in the team.',
      item: member,
      by: 'team',
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})
