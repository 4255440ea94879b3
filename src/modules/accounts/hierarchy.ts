import { type Sql, sql } from '../../platform/data/sql.ts'
import type { Transaction } from '../../platform/data/transaction.ts'
import { defineRule, type PendingWrite, type RuleAnswer } from '../../platform/operations/define.ts'
import { ruleViolation } from '../../platform/operations/user-errors.ts'
import type { RowReference } from '../../platform/schema/field-sql.ts'
import { computed, group } from '../../platform/schema/fields.ts'

/** Deepest hierarchy that is read or written. */
export const MAX_DEPTH = 50

/** Accounts above an account, nearest first: `id`, `position`. */
export function ancestorIds(account: RowReference): Sql {
  return sql`with recursive above as (
    select parent_id as id, 1 as position from accounts where workspace_id = ${account.column('workspaceId')} and id = ${account.column('id')}
    union all
    select a.parent_id, above.position + 1 from accounts a join above on a.workspace_id = ${account.column('workspaceId')} and a.id = above.id where above.position < ${MAX_DEPTH}::int
  ) select id, position from above where id is not null`
}

/** Ids of an account and everything below it, those put away left out. */
export function subtreeIds(account: RowReference): Sql {
  return sql`with recursive below as (
    select ${account.column('id')} as id, 1 as depth
    union all
    select a.id, below.depth + 1 from accounts a join below on a.workspace_id = ${account.column('workspaceId')} and a.parent_id = below.id and a.deleted_at is null where below.depth < ${MAX_DEPTH}::int
  ) select id from below`
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
  description: 'An organisation is not below itself, and a hierarchy is no deeper than 50 levels.',
  object: 'Account',
  on: ['create', 'update'],
  isIntegral: true,
  async before(write, { transaction }): Promise<RuleAnswer | undefined> {
    const parentId = write.values['parentId']
    if (typeof parentId !== 'string' || parentId === write.before?.['parentId']) return undefined
    // Moves within one workspace's hierarchy take turns: each sees what the one before it has committed.
    await transaction.query(sql`select 1 from workspaces where id = ${transaction.workspaceId}::uuid for no key update`)
    const above = await transaction.query<{ id: string }>(sql`with recursive above as (
      select id, parent_id, 1 as depth from accounts where workspace_id = ${transaction.workspaceId}::uuid and id = ${parentId}::uuid
      union all
      select a.id, a.parent_id, above.depth + 1 from accounts a join above on a.workspace_id = ${transaction.workspaceId}::uuid and a.id = above.parent_id where above.depth < ${MAX_DEPTH}::int
    ) select id from above`)
    if (above.some(({ id }) => id === write.id)) {
      return {
        refusals: [
          ruleViolation(
            'accounts.noCycle',
            ['input', 'parentId'],
            'The parent lies below this organisation: that would be a circle.',
          ),
        ],
      }
    }
    if (above.length + (await levelsFrom(write, transaction)) > MAX_DEPTH) {
      return {
        refusals: [
          ruleViolation('accounts.noCycle', ['input', 'parentId'], `A hierarchy is ${MAX_DEPTH} levels deep at most.`),
        ],
      }
    }
    return undefined
  },
})

/** Levels of the branch that is moved: 1 for an organisation with nothing below it. */
async function levelsFrom(write: PendingWrite, transaction: Transaction): Promise<number> {
  if (write.kind === 'create') return 1
  const [row] = await transaction.query<{ levels: number }>(sql`with recursive below as (
    select ${write.id}::uuid as id, 1 as depth
    union all
    select a.id, below.depth + 1 from accounts a join below on a.workspace_id = ${transaction.workspaceId}::uuid and a.parent_id = below.id where below.depth <= ${MAX_DEPTH}::int
  ) select max(depth) as levels from below`)
  return row?.levels ?? 1
}
