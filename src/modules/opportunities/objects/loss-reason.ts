import { defineObject } from '../../../platform/declare/objects/object.ts'

export const lossReason = defineObject({
  model: 'LossReason',
  prefix: 'lossreason',
  plural: 'lossReasons',
  naturalKey: ['name'],
  columns: { name: {}, isActive: {} },
  writes: ['create', 'update', 'delete', 'restore'],
})
