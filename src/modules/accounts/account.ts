import { z } from 'zod'
import { longText } from '../../platform/declare/objects/column-input.ts'
import { items, list, many, money } from '../../platform/declare/objects/fields.ts'
import { defineItem } from '../../platform/declare/objects/item.ts'
import { defineObject } from '../../platform/declare/objects/object.ts'
import { countryCell, countryCode } from '../../platform/formats/country.ts'
import { phoneNumber } from '../../platform/formats/phone-number.ts'
import { ancestorIds, subtree } from './account-hierarchy.ts'
import { domainName } from './domain.ts'

const domain = defineItem({ model: 'AccountDomain', columns: { domain: { input: domainName }, isPrimary: {} } })

const address = defineItem({
  model: 'AccountAddress',
  columns: {
    label: {},
    street: {},
    city: {},
    region: {},
    postalCode: {},
    // `cell` is the schema for the cells of an imported CSV file: there a country may also be an English name.
    country: { input: countryCode, cell: countryCell },
    isPrimary: {},
  },
})

const thisYear = () => new Date().getUTCFullYear()

export const account = defineObject({
  model: 'Account',
  prefix: 'account',
  plural: 'accounts',
  search: 'searchText',
  searchedFields: ['name', 'industry', 'website', 'tier'],
  naturalKey: ['name'],
  columns: {
    name: {},
    type: {},
    industry: {},
    website: { input: domainName },
    phone: { input: phoneNumber },
    employeeCount: { input: z.int().min(0, 'Must not be negative.').max(2_147_483_647) },
    foundedYear: {
      input: z
        .int()
        .min(1)
        .refine((year) => year <= thisYear(), 'Must not lie in the future.'),
    },
    tier: {},
    description: { input: longText, order: false },
  },
  relations: { parent: {}, owner: { object: 'User' }, team: {} },
  fields: {
    annualRevenue: money({
      description: 'Revenue of the organisation in one year.',
      amount: 'annualRevenueAmount',
      currency: 'annualRevenueCurrency',
    }),
    domains: items({
      description: 'Internet domains; no two organisations have the same domain. One domain is primary.',
      item: domain,
      by: 'account',
      primary: 'isPrimary',
      max: 50,
    }),
    addresses: items({
      description: 'Postal addresses. One address is primary.',
      item: address,
      by: 'account',
      primary: 'isPrimary',
      max: 50,
    }),
    subsidiaries: many({
      description: 'Organisations directly below this one.',
      object: 'Account',
      by: 'parent',
      defaultOrder: [{ field: 'name', direction: 'ASC' }],
    }),
    ancestors: list({
      description: 'Organisations above this one, the nearest first.',
      object: 'Account',
      ids: ancestorIds,
    }),
    subtree,
  },
  writes: ['create', 'update', 'delete', 'restore'],
})
