import { definePlugin } from '../../platform/plugins/plugin.ts'
import { actor, actorKinds, pluginActor } from './actor.ts'
import { apiKey, revokeApiKey } from './api-keys/api-key.ts'
import { createApiKey } from './api-keys/create.ts'
import { apiKeyFits, apiKeyWithinOwnRights } from './api-keys/rules.ts'
import { identityProvider } from './identity-providers/identity-provider.ts'
import { identityProviderFits, identityProviderWithinOwnRights, issuerIsTrusted } from './identity-providers/rules.ts'
import { administratorRoleStays, administratorStays } from './roles/administrators.ts'
import { roleWithinOwnRights } from './roles/escalation.ts'
import { noRoleCycle } from './roles/hierarchy.ts'
import { role } from './roles/role.ts'
import { roleNotInUse, rolePermissions } from './roles/rules.ts'
import { revokeSession, revokeSessions } from './sessions/revoke.ts'
import { session } from './sessions/session.ts'
import { team } from './team.ts'
import { teamWithinOwnRights } from './team-rules.ts'
import { changePassword, resetPassword } from './users/passwords.ts'
import { suspensionEndsSessions, userHasEmail, userWithinOwnRights } from './users/rules.ts'
import { updateViewer } from './users/update-viewer.ts'
import { reactivateUser, suspendUser, user } from './users/user.ts'
import { viewer } from './viewer.ts'
import { workspace } from './workspace.ts'

/** The workspace itself, who works in it, and what they may do. */
export const workspaces = definePlugin({
  id: 'workspaces',
  description: 'The workspace, its users, API keys, roles, teams, sessions and identity providers.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [workspace, role, actor, user, apiKey, pluginActor, team, session, identityProvider],
  variants: actorKinds,
  views: [viewer],
  rules: [
    rolePermissions,
    roleWithinOwnRights,
    noRoleCycle,
    roleNotInUse,
    administratorRoleStays,
    userHasEmail,
    userWithinOwnRights,
    administratorStays,
    suspensionEndsSessions,
    teamWithinOwnRights,
    apiKeyFits,
    apiKeyWithinOwnRights,
    issuerIsTrusted,
    identityProviderWithinOwnRights,
    identityProviderFits,
  ],
  acts: [suspendUser, reactivateUser, revokeApiKey],
  operations: [updateViewer, resetPassword, changePassword, createApiKey, revokeSession, revokeSessions],
})

export { reaches } from './reach.ts'
export { lacking, listed } from './roles/escalation.ts'
export { changesMembers } from './team-rules.ts'
