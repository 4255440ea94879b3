import { condition, many, type RowReference, type RowType, rows, type Sql, sql } from 'rapport/plugin'

/** Amounts are exact: they are `numeric` in SQL, and strings in the response. */
const givingTotal: RowType = {
  name: 'GivingTotal',
  description: 'Total of the gifts in one currency. Refunded and deleted gifts are not counted.',
  columns: {
    currency: { type: 'CurrencyCode', isRequired: true, description: 'Currency of the gifts.' },
    amount: { type: 'Money', currency: 'currency', isRequired: true, description: 'Sum of the gifts.' },
    giftCount: { type: 'Int', isRequired: true, description: 'Number of gifts.' },
    firstGiftOn: { type: 'Date', isRequired: true, description: 'Day on which the first gift was received.' },
    lastGiftOn: { type: 'Date', isRequired: true, description: 'Day on which the last gift was received.' },
    largestGift: { type: 'Money', currency: 'currency', isRequired: true, description: 'Amount of the largest gift.' },
  },
}

const isCounted = sql`g.status <> 'REFUNDED' and g.deleted_at is null`

/**
 * Returns a field with the totals of gifts, one for each currency.
 * @param amount SQL of the amount to add for each gift.
 * @param gifts Returns a FROM and WHERE clause that selects the gifts of a record, under the alias `g`.
 */
export function totals(description: string, amount: Sql, gifts: (record: RowReference) => Sql) {
  return rows({
    row: givingTotal,
    description,
    permission: 'gift:read',
    query: (record) =>
      sql`select g.currency, sum(${amount}) as "amount", count(distinct g.id)::int as "giftCount",
          min(g.received_on) as "firstGiftOn", max(g.received_on) as "lastGiftOn", max(${amount}) as "largestGift"
        from ${gifts(record)} and ${isCounted} and ${record.sees('Gift', sql`g`)} group by g.currency order by g.currency`,
  })
}

/**
 * Returns the fields and filter conditions for donors.
 * @param by The relation from a gift to its donor.
 */
function giving(by: 'contact' | 'account') {
  const donorId = by === 'contact' ? sql`g.contact_id` : sql`g.account_id`
  const gifts = (donor: RowReference) =>
    sql`nonprofit_gifts g where g.workspace_id = ${donor.column('workspaceId')} and ${donorId} = ${donor.column('id')}`
  const hasGiven = (donor: RowReference, period: Sql) =>
    sql`exists (select from ${gifts(donor)} and ${isCounted} and ${period} and ${donor.sees('Gift', sql`g`)})`
  const year = sql`date_trunc('year', current_date)`
  return {
    fields: {
      gifts: many({
        description: 'Gifts of the donor.',
        object: 'Gift',
        by,
        defaultOrder: [{ field: 'receivedOn', direction: 'DESC' }],
      }),
      givingTotals: totals('Totals that the donor has given, one for each currency.', sql`g.amount`, gifts),
    },
    conditions: {
      hasGivenSince: condition({
        type: 'Date',
        description: 'Whether the donor made a gift on this day or later.',
        permission: 'gift:read',
        where: (donor, day) => hasGiven(donor, sql`g.received_on >= ${day}::date`),
      }),
      isLapsedDonor: condition({
        type: 'Boolean',
        description: 'Whether the donor made a gift in the last calendar year, and no gift yet in this year.',
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
