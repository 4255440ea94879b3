import { computed, definePlugin, defineRule, ruleViolation, sql } from 'rapport/plugin'

const isOpen = sql`deleted_at is null and status in ('OPEN', 'IN_PROGRESS')`

export default definePlugin({
  id: 'opentasks',
  description: 'Counts the open tasks of accounts, and refuses to delete an account that has open tasks.',
  version: '1.0.0',
  api: '^1.0.0',
  reads: ['tasks'],
  extend: {
    Account: {
      openTaskCount: computed({
        description:
          'Number of tasks about the account that are neither completed nor cancelled and that the caller may see.',
        type: 'Int',
        isRequired: true,
        value: (account) => sql`(select count(*)::int from tasks t
          where t.workspace_id = ${account.column('workspaceId')} and t.regarding_id = ${account.column('id')}
            and ${isOpen} and ${account.sees('Task', sql`t`)})`,
      }),
    },
  },
  rules: [
    defineRule({
      name: 'opentasks.keepAccount',
      description: 'Refuses to delete an account that has open tasks.',
      object: 'Account',
      on: ['delete'],
      async before({ id }, { unrestricted, transaction: { workspaceId } }) {
        // A task that is hidden from the caller keeps the account too.
        const [task] = await unrestricted.query(sql`select from tasks
          where workspace_id = ${workspaceId}::uuid and regarding_id = ${id}::uuid and ${isOpen} limit 1`)
        if (!task) return undefined
        return {
          refusals: [ruleViolation('opentasks.keepAccount', ['input', 'id'], 'Complete or cancel its tasks first.')],
        }
      },
    }),
  ],
})
