import { defineObject, longText, type Seed, sql, text, z } from 'rapport/plugin'
import { totals } from './giving.ts'

const code = text(20)
  .toUpperCase()
  .regex(/^[A-Z0-9][A-Z0-9-]*$/, 'A code consists of letters, digits and hyphens, such as WATER-2.')

export const fund = defineObject({
  model: 'Fund',
  prefix: 'fund',
  plural: 'funds',
  naturalKey: ['code'],
  columns: { name: {}, code: { input: code }, description: { input: longText, order: false }, isActive: {} },
  fields: {
    givingTotals: totals('Totals that were allocated to the fund, one for each currency.', sql`a.amount`, (record) => {
      const gifts = sql`nonprofit_gifts g on g.workspace_id = a.workspace_id and g.id = a.gift_id`
      return sql`nonprofit_gift_allocations a join ${gifts} where a.workspace_id = ${record.column('workspaceId')} and a.fund_id = ${record.column('id')}`
    }),
  },
  writes: ['create', 'update'],
})

/** Settings of a workspace. `defaultFundCode` is the code of the fund to which gifts without allocations are allocated. */
export const workspaceSettings = z.object({ defaultFundCode: z.string().min(1).default('GENERAL') })

/**
 * Creates the fund `GENERAL`: the default fund until a workspace sets `defaultFundCode` to the code of another fund.
 */
export const generalFund: Seed = {
  name: 'generalFund',
  description: 'The fund for gifts without allocations.',
  async run({ records }) {
    const [existing] = await records.find('Fund', { filter: { code: { equals: 'GENERAL' } }, first: 1 })
    if (!existing) await records.create('Fund', { name: 'General fund', code: 'GENERAL' })
  },
}
