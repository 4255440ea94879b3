import type { ModelTypes } from '../../../../generated/models.ts'
import { hiddenFromPlanner, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { type AuthorityLimits, type Excess, excessOf, type QuoteNumbers } from './authority.ts'

export type QuoteRow = Readonly<ModelTypes['Quote']['columns']>

/** The authority of a role, and what of a quote exceeds it. */
export interface JudgedAuthority {
  readonly roleId: string
  readonly roleName: string
  readonly excess: readonly Excess[]
}

/** Returns the numbers of a quote that an approval is about. */
export function numbersOf({ totalDiscountPercent, marginPercent, totalAmount }: QuoteRow): QuoteNumbers {
  return { totalDiscountPercent, marginPercent, total: totalAmount }
}

/**
 * Returns the authorities of all roles, each with what of the quote exceeds it. A limit on the total in another currency
 * is converted at the exchange rate of today; without a rate the total exceeds it. By SQL: the seller need not be allowed
 * to read authorities.
 */
export async function judgedAuthorities(context: PluginContext, quote: QuoteRow): Promise<JudgedAuthority[]> {
  const { transaction } = context
  const rows = await transaction.query<{
    roleId: string
    roleName: string
    maxDiscountPercent: string | null
    minMarginPercent: string | null
    maxTotal: string | null
    maxTotalCurrency: string | null
  }>(sql`select a.role_id as "roleId", r.name as "roleName", a.max_discount_percent::text as "maxDiscountPercent",
      a.min_margin_percent::text as "minMarginPercent", a.max_total::text as "maxTotal", a.max_total_currency as "maxTotalCurrency"
    from negotiation_authorities a
    join roles r on r.workspace_id = a.workspace_id and r.id = a.role_id and r.deleted_at is null
    where a.workspace_id = ${hiddenFromPlanner(transaction.workspaceId)} and a.deleted_at is null order by r.name, a.id`)
  const judged: JudgedAuthority[] = []
  for (const { roleId, roleName, maxTotal, maxTotalCurrency, ...limits } of rows) {
    const converted = await limitIn(context, quote.currency, maxTotal, maxTotalCurrency)
    const excess = excessOf(numbersOf(quote), { ...limits, maxTotal: converted })
    judged.push({ roleId, roleName, excess })
  }
  return judged
}

/** Returns a limit on the total in the currency of the quote: 0 where it can't be converted. */
async function limitIn(
  { convertMoney }: PluginContext,
  currency: string,
  amount: string | null,
  from: string | null,
): Promise<AuthorityLimits['maxTotal']> {
  if (amount === null || from === null || from === currency) return amount
  return (await convertMoney({ amount, currency: from }, currency))?.amount ?? '0'
}

/** Returns the uuids of the roles of an actor. */
export async function rolesOf({ transaction }: PluginContext, actorId: string): Promise<string[]> {
  const rows = await transaction.query<{ id: string }>(sql`select r.id from actor_roles a
    join roles r on r.workspace_id = a.workspace_id and r.id = a.role_id and r.deleted_at is null
    where a.workspace_id = ${hiddenFromPlanner(transaction.workspaceId)} and a.actor_id = ${actorId}::uuid`)
  return rows.map(({ id }) => id)
}
