import { hiddenFromPlanner, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'

/** What a new quote takes over from its opportunity. */
export interface OpportunityFacts {
  readonly name: string
  readonly accountId: string | null
  /**
   * Currency of the amount of the opportunity, or else of the price book by which its account buys (of several, the one in
   * the default currency of the workspace, or else the first by code), or else of the workspace.
   */
  readonly currency: string
  /** Whether the opportunity has a primary quote. */
  readonly hasPrimary: boolean
}

/**
 * Reads what a new quote takes over from an opportunity, and locks the opportunity until the end of the transaction, so
 * that one of two quotes that are created at the same time is primary. By SQL, because of the lock, and because an
 * account or a price book that is hidden from the caller decides on the quote too.
 */
export async function opportunityFacts({ transaction }: PluginContext, id: string): Promise<OpportunityFacts> {
  const ws = hiddenFromPlanner(transaction.workspaceId)
  await transaction.query(
    sql`select from opportunities where workspace_id = ${ws} and id = ${id}::uuid for no key update`,
  )
  const [facts] = await transaction.query<OpportunityFacts & Record<string, unknown>>(sql`
    select o.name, o.account_id as "accountId",
      coalesce(o.currency, (
        select b.currency from account_price_books u
        join price_books b on b.workspace_id = u.workspace_id and b.id = u.price_book_id and b.deleted_at is null
        where u.workspace_id = o.workspace_id and u.account_id = o.account_id and u.deleted_at is null
        order by b.currency <> w.default_currency, b.currency limit 1
      ), w.default_currency) as currency,
      exists (select from quotes q where q.workspace_id = o.workspace_id and q.opportunity_id = o.id and q.is_primary and q.deleted_at is null) as "hasPrimary"
    from opportunities o join workspaces w on w.id = o.workspace_id
    where o.workspace_id = ${ws} and o.id = ${id}::uuid`)
  if (!facts) throw new Error('The platform has looked up the opportunity that the input names.')
  return facts
}

/** Returns the name of an account, whoever asks: the customer reads it. */
export async function accountName({ transaction }: PluginContext, id: string): Promise<string> {
  const [account] = await transaction.query<{ name: string }>(
    sql`select name from accounts where workspace_id = ${hiddenFromPlanner(transaction.workspaceId)} and id = ${id}::uuid`,
  )
  return account?.name ?? ''
}
