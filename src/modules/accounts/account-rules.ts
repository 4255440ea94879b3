import { hiddenFromPlanner, sql } from '../../platform/data/sql.ts'
import { defineRule } from '../../platform/declare/rules/rule.ts'
import { duplicate } from '../../platform/declare/rules/user-errors.ts'

/**
 * Refuses a domain that another account has, because a domain identifies one organisation. Domains of a soft-deleted
 * account can be used by other accounts, so restoring an account checks its stored domains again.
 */
export const uniqueDomains = defineRule({
  name: 'accounts.uniqueDomains',
  description: 'No two organisations have the same internet domain, unless one of them is soft-deleted.',
  object: 'Account',
  on: ['create', 'update', 'delete', 'restore'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async before(write, { transaction }) {
    // hiddenFromPlanner: PostgreSQL's statistics do not contain a new workspace yet. If the planner saw its id, it
    // could choose a slow plan.
    const domains =
      write.kind === 'restore'
        ? (
            await transaction.query<{ domain: string }>(
              sql`select domain from account_domains where workspace_id = ${hiddenFromPlanner(transaction.workspaceId)} and account_id = ${write.id}::uuid`,
            )
          ).map(({ domain }) => domain)
        : (write.items.get('domains') ?? []).map((item) => String(item['domain']))
    if (domains.length === 0) return undefined
    const taken = await transaction.query<{ domain: string }>(
      sql`select domain from account_domains where workspace_id = ${hiddenFromPlanner(transaction.workspaceId)} and domain = any(${domains}::text[]) and account_id <> ${write.id}::uuid and deleted_at is null`,
    )
    const twice = domains.filter((domain, index) => domains.indexOf(domain) !== index)
    const refusals = [
      ...taken.map(({ domain }) =>
        duplicate(['input', ...place(domains, domain)], `The domain ${domain} belongs to another organisation.`),
      ),
      ...twice.map((domain) => duplicate(['input', ...place(domains, domain)], `The domain ${domain} occurs twice.`)),
    ]
    return { refusals }
  },
  async after(write, { transaction, now }) {
    if (write.kind !== 'delete' && write.kind !== 'restore') return
    // Soft-deletes or restores the domains together with their account: the check above and the unique index ignore
    // soft-deleted domains.
    const deletedAt = write.kind === 'delete' ? now : null
    await transaction.query(
      sql`update account_domains set deleted_at = ${deletedAt}::timestamptz where workspace_id = ${hiddenFromPlanner(transaction.workspaceId)} and account_id = ${write.id}::uuid`,
    )
  },
})

/** Returns the path of the last item with this domain, within the input. */
function place(domains: readonly string[], domain: string): string[] {
  return ['domains', String(domains.lastIndexOf(domain)), 'domain']
}
