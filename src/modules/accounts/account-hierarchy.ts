import { type Sql, sql } from '../../platform/data/sql.ts'
import type { RowReference } from '../../platform/declare/objects/field-sql.ts'
import { computed, group } from '../../platform/declare/objects/fields.ts'
import { defineRule, type RuleResult } from '../../platform/declare/rules/rule.ts'
import { ruleViolation } from '../../platform/declare/rules/user-errors.ts'
import { branchAbove, branchBelow, misplacement } from '../../platform/writes/tree.ts'

const HIERARCHY = { table: 'accounts', levels: 50 }

/** Accounts above an account, nearest first: `id`, `position`. */
export function ancestorIds(account: RowReference): Sql {
  const branch = branchAbove(HIERARCHY, account.column('workspaceId'), account.column('id'))
  return sql`select id, level - 1 as position from (${branch}) branch where level > 1`
}

/** Ids of an account and everything below it, those put away left out. */
export function subtreeIds(account: RowReference): Sql {
  const branch = branchBelow(HIERARCHY, account.column('workspaceId'), account.column('id'), sql`deleted_at is null`)
  return sql`select id from (${branch}) branch`
}

/** What an organisation and everything below it add up to. */
export const subtree = group({
  name: 'AccountSubtree',
  description: 'What the organisation and all below it add up to; only what is selected is counted.',
  fields: {
    accountCount: computed({
      type: 'Int',
      isRequired: true,
      description: 'Organisations that the caller may see, this one included.',
      value: (account) => sql`select count(*) from accounts s
        where s.workspace_id = ${account.column('workspaceId')} and s.id in (${subtreeIds(account)}) and ${account.sees('Account', sql`s`)}`,
    }),
    contactCount: computed({
      type: 'Int',
      isRequired: true,
      description: 'People who have a role in any of them and whom the caller may see, each counted once.',
      value: (account) => sql`select count(distinct c.id) from account_contacts l
        join contacts c on c.workspace_id = l.workspace_id and c.id = l.contact_id and c.deleted_at is null
        where l.workspace_id = ${account.column('workspaceId')} and l.account_id in (${subtreeIds(account)}) and ${account.sees('Contact', sql`c`)}`,
    }),
    interactionCount: computed({
      type: 'Int',
      isRequired: true,
      description: 'Interactions in the timelines of any of them that the caller may see, each counted once.',
      value: (account) => sql`select count(distinct i.id) from timeline_entries e
        join interactions i on i.workspace_id = e.workspace_id and i.id = e.interaction_id and i.deleted_at is null
        where e.workspace_id = ${account.column('workspaceId')} and e.record_id in (${subtreeIds(account)}) and ${account.sees('Interaction', sql`i`)}`,
    }),
  },
})

/** Keeps the hierarchy a tree, also when two writers move two accounts under each other at once. */
export const noCycle = defineRule({
  name: 'accounts.noCycle',
  description: `An organisation is not below itself, and a hierarchy is no deeper than ${HIERARCHY.levels} levels.`,
  object: 'Account',
  on: ['create', 'update'],
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
  CIRCLE: 'The parent lies below this organisation: that would be a circle.',
  TOO_DEEP: `A hierarchy is ${HIERARCHY.levels} levels deep at most.`,
}
