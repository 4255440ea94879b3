import { convertedSum } from '../../data/exchange-rates.ts'
import { hiddenFromPlanner, sql } from '../../data/sql.ts'
import type { Transaction } from '../../data/transaction.ts'
import type { MoneyAmount } from '../../declare/plugin-context.ts'
import { isCurrency } from '../../formats/currency.ts'
import { sumDecimals } from '../../formats/decimal.ts'

const DECIMAL = /^-?\d+(\.\d+)?$/

/**
 * Converts an amount at the exchange rates of a day; see `convertMoney` of the plugin's context.
 * @throws Error for an amount, currency or day that is not valid: PostgreSQL would refuse it, and abort the transaction.
 */
export async function convertMoney(
  { query, workspaceId }: Pick<Transaction, 'query' | 'workspaceId'>,
  { amount, currency }: MoneyAmount,
  to: string,
  on: string,
): Promise<MoneyAmount | null> {
  if (!DECIMAL.test(amount)) throw new Error(`convertMoney takes an amount such as "12.50", not ${amount}.`)
  for (const code of [currency, to])
    if (!isCurrency(code)) throw new Error(`convertMoney takes ISO 4217 codes such as EUR, not ${code}.`)
  if (!isDay(on)) throw new Error(`convertMoney takes a day such as 2026-01-31, not ${on}.`)
  const given = sql`select ${amount}::numeric as amount, ${currency}::text as currency`
  const conversion = { workspaceId: hiddenFromPlanner(workspaceId), to, on: sql`${on}::date` }
  const [row] = await query<{ amount: string | null }>(
    sql`select trim_scale(amount)::text as amount from (${convertedSum(given, conversion)}) converted`,
  )
  return typeof row?.amount === 'string' ? { amount: sumDecimals([row.amount]), currency: to } : null
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(`${text}T`)
}
