import { awaitAll } from '../../platform/async/await-all.ts'
import type { PluginContext } from '../../platform/declare/plugin-context.ts'
import { defineRule, type RuleResult } from '../../platform/declare/rules/rule.ts'
import { rightsViolation } from '../../platform/declare/rules/user-errors.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { changesMembers, lacking, listed } from '../workspaces/index.ts'
import { sharedActions } from './shareable.ts'

const NAME = 'sharing.teamWithinOwnRights'

/**
 * New members of a team get access to the records that are shared with the team. So changing the members requires, for
 * all records, the permissions that this sharing gives, just as creating a sharing rule does.
 */
export const teamSharingWithinOwnRights = defineRule({
  name: NAME,
  description:
    'Changing the members of a team requires, for all records, the permissions that sharing rules and record grants give to the team.',
  object: 'Team',
  on: ['update', 'restore'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async before(write, context): Promise<RuleResult | undefined> {
    const work = workOf(context)
    if (!(await changesMembers(context, write))) return undefined
    const missing = lacking(work, await permissionsBySharing(context, write.id))
    if (missing.length === 0) return undefined
    const path = ['input', write.kind === 'restore' ? 'id' : 'members']
    const why = `Sharing gives the members of the team ${listed(missing)}, which you do not have yourself for all records.`
    return { refusals: [rightsViolation(NAME, path, missing, why)] }
  },
})

/** Returns what sharing rules and record grants allow to a team, as permissions on all records. */
async function permissionsBySharing(context: PluginContext, teamId: string): Promise<string[]> {
  const { prisma } = context.unrestricted
  const team = { teamId, deletedAt: null }
  const [rules, grants] = await awaitAll([
    prisma.sharingRule.findMany({ where: { ...team, isActive: true }, select: { object: true, access: true } }),
    prisma.recordGrant.findMany({
      where: { ...team, OR: [{ expiresAt: null }, { expiresAt: { gt: context.now } }] },
      select: { recordType: true, access: true },
    }),
  ])
  const { objects } = workOf(context).context.runtime.registry
  const shared = [...rules, ...grants.map(({ recordType, access }) => ({ object: recordType, access }))]
  return shared.flatMap(({ object: name, access }) => {
    const object = objects.get(name)
    return object ? sharedActions(access).map((action) => `${object.singular}:${action}`) : []
  })
}
