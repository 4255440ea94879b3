import { defineRule } from '../../../platform/declare/rules/rule.ts'
import { invalid, rightsViolation } from '../../../platform/declare/rules/user-errors.ts'
import { ALL_PERMISSIONS } from '../../../platform/identity/administrators.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { lacking } from '../roles/escalation.ts'

/** Only who runs the installation says which issuers there can be: the server asks them for their keys. */
export const issuerIsTrusted = defineRule({
  name: 'workspaces.issuerIsTrusted',
  description: 'The issuer of an identity provider is one that the operator of the installation trusts.',
  object: 'IdentityProvider',
  on: ['create', 'update', 'restore'],
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
/** Whoever says whose word is taken for who somebody is can be anybody: that takes all rights. */
export const identityProviderWithinOwnRights = defineRule({
  name: NAME,
  description: 'Only who may do everything sets up an identity provider: its tokens may say that somebody is any user.',
  object: 'IdentityProvider',
  on: ['create', 'update', 'restore'],
  isIntegral: true,
  before(write, context) {
    const missing = lacking(workOf(context), [ALL_PERMISSIONS])
    if (missing.length === 0) return undefined
    const path = write.kind === 'create' ? ['input'] : ['input', 'id']
    const message =
      'Its tokens may say that somebody is any user of the workspace, so setting it up takes all rights (*:*), which you do not have.'
    return { refusals: [rightsViolation(NAME, path, missing, message)] }
  },
})

/** Groups are mapped once, and only where a claim tells them. */
export const identityProviderFits = defineRule({
  name: 'workspaces.identityProviderFits',
  description: 'Roles are mapped to groups where a claim tells the groups.',
  object: 'IdentityProvider',
  on: ['create', 'update'],
  isIntegral: true,
  before(write) {
    const roles = write.items.get('roles') ?? []
    const rolesClaim = write.values.rolesClaim === undefined ? write.before?.rolesClaim : write.values.rolesClaim
    if (roles.length === 0 || rolesClaim) return undefined
    const message = 'Say by `rolesClaim` which claim holds the groups, such as groups.'
    return { refusals: [invalid(['input', 'rolesClaim'], message)] }
  },
})
