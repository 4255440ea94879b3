import { defineObject, longText, type Seed, sql, text, z } from 'rapport/plugin'
import { totals } from './giving.ts'

const code = text(20)
  .toUpperCase()
  .regex(/^[A-Z0-9][A-Z0-9-]*$/, 'A code is made of letters, digits and hyphens, such as WATER-2.')

export const fund = defineObject({
  model: 'Fund',
  prefix: 'fund',
  plural: 'funds',
  naturalKey: ['code'],
  columns: { name: {}, code: { input: code }, description: { input: longText, order: false }, isActive: {} },
  fields: {
    givingTotals: totals('What was given for it, by currency.', sql`a.amount`, (record) => {
      const join = sql`nonprofit_gifts g on g.workspace_id = a.workspace_id and g.id = a.gift_id`
      return sql`nonprofit_gift_allocations a join ${join} where a.workspace_id = ${record.column('workspaceId')} and a.fund_id = ${record.column('id')}`
    }),
  },
  writes: ['create', 'update'],
})

/** Settings of a workspace: `defaultFundCode` is the fund of a gift when nobody says what it is for. */
export const workspaceSettings = z.object({ defaultFundCode: z.string().min(1).default('GENERAL') })

/** Where a gift goes that nobody has said the purpose of. */
export const generalFund: Seed = {
  name: 'generalFund',
  description: 'The fund for gifts that are for nothing in particular.',
  async run({ records }) {
    const [existing] = await records.find('Fund', { filter: { code: { equals: 'GENERAL' } }, first: 1 })
    if (!existing) await records.create('Fund', { name: 'General fund', code: 'GENERAL' })
  },
}
