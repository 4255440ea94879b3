import { condition, many, type RowReference, type RowType, rows, type Sql, sql } from 'rapport/plugin'

/** Everything that is added up is exact: it stays `numeric` from the table to the answer. */
const givingTotal: RowType = {
  name: 'GivingTotal',
  description: 'What gifts in one currency add up to; refunded gifts do not count.',
  columns: {
    currency: { type: 'CurrencyCode', isRequired: true, description: 'Currency that the gifts were in.' },
    amount: { type: 'Money', currency: 'currency', isRequired: true, description: 'What was given altogether.' },
    giftCount: { type: 'Int', isRequired: true, description: 'How many gifts that was.' },
    firstGiftOn: { type: 'Date', isRequired: true, description: 'Day of the first one.' },
    lastGiftOn: { type: 'Date', isRequired: true, description: 'Day of the last one.' },
    largestGift: { type: 'Money', currency: 'currency', isRequired: true, description: 'The largest one.' },
  },
}

const counts = sql`g.status <> 'REFUNDED' and g.deleted_at is null`

/** Totals of the gifts `g` that a FROM and WHERE clause finds. `amount` is what counts of each. */
export function totals(description: string, amount: Sql, gifts: (record: RowReference) => Sql) {
  return rows({
    row: givingTotal,
    description,
    permission: 'gift:read',
    query: (record) =>
      sql`select g.currency, sum(${amount}) as "amount", count(distinct g.id)::int as "giftCount",
          min(g.received_on) as "firstGiftOn", max(g.received_on) as "lastGiftOn", max(${amount}) as "largestGift"
        from ${gifts(record)} and ${counts} and ${record.sees('Gift', sql`g`)} group by g.currency order by g.currency`,
  })
}

/** What gifts add to those who give. */
function giving(by: 'contact' | 'account') {
  const donorId = by === 'contact' ? sql`g.contact_id` : sql`g.account_id`
  const gifts = (donor: RowReference) =>
    sql`nonprofit_gifts g where g.workspace_id = ${donor.column('workspaceId')} and ${donorId} = ${donor.column('id')}`
  const hasGiven = (donor: RowReference, when: Sql) =>
    sql`exists (select from ${gifts(donor)} and ${counts} and ${when} and ${donor.sees('Gift', sql`g`)})`
  const year = sql`date_trunc('year', current_date)`
  return {
    fields: {
      gifts: many({
        description: 'What the donor has given.',
        object: 'Gift',
        by,
        defaultOrder: [{ field: 'receivedOn', direction: 'DESC' }],
      }),
      givingTotals: totals('What the donor has given altogether, by currency.', sql`g.amount`, gifts),
    },
    conditions: {
      hasGivenSince: condition({
        type: 'Date',
        description: 'Has given on that day or later.',
        permission: 'gift:read',
        where: (donor, day) => hasGiven(donor, sql`g.received_on >= ${day}::date`),
      }),
      isLapsedDonor: condition({
        type: 'Boolean',
        description: 'Gave in the last calendar year but not yet in this one.',
        permission: 'gift:read',
        where: (donor) =>
          sql`${hasGiven(donor, sql`g.received_on >= ${year} - interval '1 year' and g.received_on < ${year}`)}
            and not ${hasGiven(donor, sql`g.received_on >= ${year}`)}`,
      }),
    },
  }
}

export const contactGiving = giving('contact')
export const accountGiving = giving('account')
