import { defineRule, type RuleResult } from '../../../platform/declare/rules/rule.ts'
import { ruleViolation } from '../../../platform/declare/rules/user-errors.ts'
import { misplacement } from '../../../platform/writes/tree.ts'

export const ROLE_TREE = { table: 'roles', levels: 20 }
const NAME = 'workspaces.noRoleCycle'

/**
 * Refuses a parent that would place a role below itself, or make the hierarchy too deep. `misplacement` locks the
 * workspace, so that two concurrent writes can't move two roles below each other.
 */
export const noRoleCycle = defineRule({
  name: NAME,
  description: `A role is not below itself, and a hierarchy of roles has at most ${ROLE_TREE.levels} levels.`,
  object: 'Role',
  on: ['create', 'update'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async before(write, { transaction }): Promise<RuleResult | undefined> {
    const { parentId } = write.values
    if (!parentId || parentId === write.before?.parentId) return undefined
    const fault = await misplacement(ROLE_TREE, transaction, write, parentId)
    return fault === null ? undefined : { refusals: [ruleViolation(NAME, ['input', 'parentId'], MISPLACED[fault])] }
  },
})

const MISPLACED = {
  CIRCLE: 'The parent is this role or lies below it: that would be a circle.',
  TOO_DEEP: `A hierarchy of roles has at most ${ROLE_TREE.levels} levels.`,
}
