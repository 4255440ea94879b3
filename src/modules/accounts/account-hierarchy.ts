import { type Sql, sql } from '../../platform/data/sql.ts'
import type { RowReference } from '../../platform/declare/objects/field-sql.ts'
import { computed, group } from '../../platform/declare/objects/fields.ts'
import { defineRule, type RuleResult } from '../../platform/declare/rules/rule.ts'
import { ruleViolation } from '../../platform/declare/rules/user-errors.ts'
import { branchAbove, branchBelow, misplacement } from '../../platform/writes/tree.ts'

const HIERARCHY = { table: 'accounts', levels: 50 }

/** Returns SQL for the accounts above an account: the `id` of each, and a `position`, which is 1 for the nearest. */
export function ancestorIds(account: RowReference): Sql {
  const branch = branchAbove(HIERARCHY, account.column('workspaceId'), account.column('id'))
  return sql`select id, level - 1 as position from (${branch}) branch where level > 1`
}

/**
 * Returns SQL for the ids of an account and the accounts below it, except soft-deleted accounts and all accounts below
 * these.
 */
export function subtreeIds(account: RowReference): Sql {
  const branch = branchBelow(HIERARCHY, account.column('workspaceId'), account.column('id'), sql`deleted_at is null`)
  return sql`select id from (${branch}) branch`
}

export const subtree = group({
  name: 'AccountSubtree',
  description:
    'Totals of the organisation and all organisations below it. A soft-deleted organisation does not count, nor do the organisations below it. Only the selected totals are computed.',
  fields: {
    accountCount: computed({
      type: 'Int',
      isRequired: true,
      description: 'Number of organisations that the caller may see, including this one.',
      value: (account) => sql`select count(*) from accounts s
        where s.workspace_id = ${account.column('workspaceId')} and s.id in (${subtreeIds(account)}) and ${account.sees('Account', sql`s`)}`,
    }),
    contactCount: computed({
      type: 'Int',
      isRequired: true,
      description:
        'Number of people who have or had a role in any of these organisations and whom the caller may see. Each person counts once.',
      value: (account) => sql`select count(distinct c.id) from account_contacts l
        join contacts c on c.workspace_id = l.workspace_id and c.id = l.contact_id and c.deleted_at is null
        where l.workspace_id = ${account.column('workspaceId')} and l.account_id in (${subtreeIds(account)}) and ${account.sees('Contact', sql`c`)}`,
    }),
    interactionCount: computed({
      type: 'Int',
      isRequired: true,
      description:
        'Number of interactions in the timelines of these organisations that the caller may see. Each interaction counts once.',
      value: (account) => sql`select count(distinct i.id) from timeline_entries e
        join interactions i on i.workspace_id = e.workspace_id and i.id = e.interaction_id and i.deleted_at is null
        where e.workspace_id = ${account.column('workspaceId')} and e.record_id in (${subtreeIds(account)}) and ${account.sees('Interaction', sql`i`)}`,
    }),
  },
})

/**
 * Refuses a parent that would make an account its own ancestor, or the hierarchy too deep. `misplacement` locks the
 * workspace, so that two concurrent writes can't move two accounts below each other.
 */
export const noCycle = defineRule({
  name: 'accounts.noCycle',
  description: `An organisation is not below itself, and a hierarchy has at most ${HIERARCHY.levels} levels.`,
  object: 'Account',
  on: ['create', 'update'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async before(write, { transaction }): Promise<RuleResult | undefined> {
    const parentId = write.values['parentId']
    if (typeof parentId !== 'string' || parentId === write.before?.['parentId']) return undefined
    const fault = await misplacement(HIERARCHY, transaction, write, parentId)
    return fault === null
      ? undefined
      : { refusals: [ruleViolation('accounts.noCycle', ['input', 'parentId'], MISPLACED[fault])] }
  },
})

const MISPLACED = {
  CIRCLE: 'The parent is this organisation or lies below it: that would be a circle.',
  TOO_DEEP: `A hierarchy has at most ${HIERARCHY.levels} levels.`,
}
