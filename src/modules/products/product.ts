import { z } from 'zod'
import { longText, text } from '../../platform/declare/objects/column-input.ts'
import { items, many, money } from '../../platform/declare/objects/fields.ts'
import { defineItem } from '../../platform/declare/objects/item.ts'
import { defineObject } from '../../platform/declare/objects/object.ts'

const count = z.int().min(0, 'Must not be negative.').max(1_000)

const optionGroup = defineItem({
  model: 'ProductOptionGroup',
  columns: { name: {}, minimum: { input: count }, maximum: { input: count.min(1, 'At least 1.') } },
})

const option = defineItem({
  model: 'ProductOption',
  columns: {
    groupName: {},
    isRequired: {},
    isDefault: {},
    defaultQuantity: {},
    minimumQuantity: {},
    maximumQuantity: {},
  },
  relations: { product: {} },
})

const constraint = defineItem({ model: 'ProductConstraint', columns: { kind: {} }, relations: { other: {} } })

export const product = defineObject({
  model: 'Product',
  prefix: 'product',
  plural: 'products',
  search: 'searchText',
  searchedFields: ['name', 'sku', 'family'],
  naturalKey: ['sku'],
  columns: {
    name: { input: text(200).min(1, 'Must not be empty.') },
    sku: { input: text(100).min(1, 'Must not be empty.') },
    family: {},
    kind: {},
    unit: {},
    isActive: {},
    description: { input: longText, order: false },
  },
  fields: {
    cost: money({
      description: 'What one unit costs the workspace. Margins of quotes are computed from it.',
      amount: 'costAmount',
      currency: 'costCurrency',
      sensitive: true,
    }),
    prices: many({ description: 'Prices of the product.', object: 'PriceBookEntry', by: 'product' }),
    optionGroups: items({ description: 'Option groups of a bundle.', item: optionGroup, by: 'product', max: 50 }),
    options: items({ description: 'Products that can be parts of a bundle.', item: option, by: 'bundle', max: 200 }),
    constraints: items({
      description: 'Other products that this product requires or excludes, where both are options of a bundle.',
      item: constraint,
      by: 'product',
      max: 100,
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})
