import { longText, text } from '../../platform/declare/objects/column-input.ts'
import { defineObject } from '../../platform/declare/objects/object.ts'

export const sharingRule = defineObject({
  model: 'SharingRule',
  prefix: 'sharingrule',
  plural: 'sharingRules',
  naturalKey: ['name'],
  columns: {
    name: {},
    description: { input: longText, order: false },
    object: { input: text(100).min(1, 'Must not be empty.') },
    filter: {},
    access: {},
    isActive: {},
  },
  relations: { role: {}, team: {} },
  writes: ['create', 'update', 'delete', 'restore'],
})
