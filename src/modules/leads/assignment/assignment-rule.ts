import { z } from 'zod'
import { longText, text } from '../../../platform/declare/objects/column-input.ts'
import { items } from '../../../platform/declare/objects/fields.ts'
import { defineItem } from '../../../platform/declare/objects/item.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'
import { countryCode } from '../../../platform/formats/country.ts'

const MAX_PLACES = 500
const places = (place: z.ZodType) => z.array(place).max(MAX_PLACES, `At most ${MAX_PLACES} entries.`)
const place = text(100).min(1, 'Must not be empty.')

const member = defineItem({
  model: 'LeadAssignmentMember',
  columns: {
    countries: { input: places(countryCode), filter: false, order: false },
    regions: { input: places(place), filter: false, order: false },
    postalCodes: { input: places(place), filter: false, order: false },
  },
  relations: { user: { object: 'User' } },
})

export const leadAssignmentRule = defineObject({
  model: 'LeadAssignmentRule',
  prefix: 'leadassignmentrule',
  plural: 'leadAssignmentRules',
  naturalKey: ['name'],
  columns: {
    name: { input: text(200).min(1, 'Must not be empty.') },
    description: { input: longText, order: false },
    position: {},
    filter: { filter: false, order: false },
    strategy: {},
    isActive: {},
  },
  fields: {
    members: items({
      description: 'The users among whom the rule chooses.',
      item: member,
      by: 'rule',
      max: 200,
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})
