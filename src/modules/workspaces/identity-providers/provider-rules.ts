import { defineRule } from '../../../platform/declare/rules/rule.ts'
import { invalid, rightsViolation } from '../../../platform/declare/rules/user-errors.ts'
import { ALL_PERMISSIONS } from '../../../platform/identity/administrators.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { lacking } from '../roles/escalation.ts'

/** The operator decides which issuers are allowed, because the server sends requests to them to get their keys. */
export const issuerIsTrusted = defineRule({
  name: 'workspaces.issuerIsTrusted',
  description: 'The operator of the installation trusts the issuer of an identity provider.',
  object: 'IdentityProvider',
  on: ['create', 'update', 'restore'],
  // Administrators can't disable the rule.
  isIntegral: true,
  before(write, context) {
    const issuer = write.values.issuer ?? (write.kind === 'restore' ? write.before?.issuer : undefined)
    if (issuer === undefined) return undefined
    const { trustedIssuers } = workOf(context).context.runtime
    const problem = trustedIssuers
      ? trustedIssuers.problemWith(issuer)
      : 'The operator of the installation trusts no identity provider yet.'
    const path = write.kind === 'restore' ? ['input', 'id'] : ['input', 'issuer']
    return problem === null ? undefined : { refusals: [invalid(path, problem)] }
  },
})

const NAME = 'workspaces.identityProviderWithinOwnRights'
/**
 * Writing an identity provider requires `*:*`: whoever configures an identity provider decides which tokens are
 * accepted, and could sign in as any user of the workspace.
 */
export const identityProviderWithinOwnRights = defineRule({
  name: NAME,
  description:
    'Creating, updating or restoring an identity provider requires *:*, because its tokens can identify somebody as any user.',
  object: 'IdentityProvider',
  on: ['create', 'update', 'restore'],
  isIntegral: true,
  before(write, context) {
    const missing = lacking(workOf(context), [ALL_PERMISSIONS])
    if (missing.length === 0) return undefined
    const path = write.kind === 'create' ? ['input'] : ['input', 'id']
    const message =
      'Its tokens can identify somebody as any user of the workspace, so this requires all permissions (*:*), which you do not have.'
    return { refusals: [rightsViolation(NAME, path, missing, message)] }
  },
})

export const identityProviderFits = defineRule({
  name: 'workspaces.identityProviderFits',
  description: 'An identity provider that maps groups to roles names the claim that contains the groups.',
  object: 'IdentityProvider',
  on: ['create', 'update'],
  isIntegral: true,
  before(write) {
    const roles = write.items.get('roles') ?? []
    const rolesClaim = write.values.rolesClaim === undefined ? write.before?.rolesClaim : write.values.rolesClaim
    if (roles.length === 0 || rolesClaim) return undefined
    const message = 'Set `rolesClaim` to the name of the claim that contains the groups, such as groups.'
    return { refusals: [invalid(['input', 'rolesClaim'], message)] }
  },
})
