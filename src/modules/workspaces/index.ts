import { definePlugin } from '../../platform/declare/plugin.ts'
import { actor, actorKinds, pluginActor } from './actor-object.ts'
import { apiKey, revokeApiKey } from './api-keys/api-key.ts'
import { apiKeyFits, apiKeyWithinOwnRights } from './api-keys/api-key-rules.ts'
import { createApiKey } from './api-keys/create-api-key.ts'
import { identityProvider } from './identity-providers/identity-provider.ts'
import {
  identityProviderFits,
  identityProviderWithinOwnRights,
  issuerIsTrusted,
} from './identity-providers/provider-rules.ts'
import { administratorRoleStays, administratorStays } from './roles/administrator-rules.ts'
import { roleWithinOwnRights } from './roles/escalation.ts'
import { role } from './roles/role.ts'
import { noRoleCycle } from './roles/role-hierarchy.ts'
import { roleNotInUse, rolePermissions } from './roles/role-rules.ts'
import { revokeSession, revokeSessions } from './sessions/revoke-sessions.ts'
import { session } from './sessions/session.ts'
import { team } from './team.ts'
import { teamWithinOwnRights } from './team-rules.ts'
import { changePassword, resetPassword } from './users/password-operations.ts'
import { updateViewer } from './users/update-viewer.ts'
import { reactivateUser, suspendUser, user } from './users/user.ts'
import { suspensionEndsSessions, userHasEmail, userWithinOwnRights } from './users/user-rules.ts'
import { viewer } from './viewer.ts'
import { workspace } from './workspace.ts'

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

export { mayActOn } from './may-act-on.ts'
export { lacking, listed } from './roles/escalation.ts'
export { changesMembers } from './team-rules.ts'
