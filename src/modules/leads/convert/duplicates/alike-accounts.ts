import { hiddenFromPlanner, sql } from '../../../../platform/data/sql.ts'
import type { PluginContext } from '../../../../platform/declare/plugin-context.ts'
import { type AlikeRecord, comparableName } from './likeness.ts'

interface AccountFacts {
  readonly id: string
  readonly name: string
  readonly hasDomain: boolean
}

/** What is compared of a lead. */
interface Organisation {
  readonly companyName: string | null
  readonly website: string | null
}

/**
 * Returns the accounts that are like the organisation of a lead: by the domain of the website, or by the name. By SQL, because
 * the index of the search finds names that are written differently.
 */
export async function alikeAccounts(
  { transaction, sees, canRead }: PluginContext,
  { companyName, website }: Organisation,
): Promise<AlikeRecord[]> {
  const name = companyName !== null && canRead('Account', 'name') ? companyName : ''
  const domain = website ?? ''
  const byWebsite = canRead('Account', 'website')
  const byDomain = canRead('Account', 'domains')
  const ws = hiddenFromPlanner(transaction.workspaceId)
  const hasDomain = sql`(${byWebsite}::boolean and a.website = ${domain}::text or ${byDomain}::boolean and exists (
    select from account_domains d where d.workspace_id = ${ws} and d.account_id = a.id and d.domain = ${domain}::text and d.deleted_at is null))`
  const found = await transaction.query<AccountFacts & Record<string, unknown>>(sql`
    select a.id, a.name, ${hasDomain} as "hasDomain" from accounts a
    where a.workspace_id = ${ws} and a.deleted_at is null and ${sees('Account', sql`a`)} and a.id in (
      select s.id from (select id from accounts_search(${name}::text) where ${name}::text <> '' order by rank desc limit 50) s
      union all (select w.id from accounts w where w.workspace_id = ${ws} and w.website = ${domain}::text limit 50)
      union all (select d.account_id from account_domains d where d.workspace_id = ${ws} and d.domain = ${domain}::text limit 50))`)
  return found.map(({ id, name: stored, hasDomain: isSameDomain }) => ({
    id,
    facts: [
      ...(isSameDomain ? [{ score: 90, reason: `Same website: ${domain}` }] : []),
      ...(name !== '' && comparableName(stored) === comparableName(name)
        ? [{ score: 85, reason: `Same name: ${stored}` }]
        : []),
    ],
  }))
}
