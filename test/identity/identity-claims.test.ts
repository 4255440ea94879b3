import { describe, expect, test } from 'vitest'
import { AuthenticationError } from '../../src/platform/identity/identity-errors.ts'
import { readClaims } from '../../src/platform/identity/providers/claims.ts'
import type { StoredProvider } from '../../src/platform/identity/providers/stored-providers.ts'

const provider: StoredProvider = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  workspaceId: '01890a5d-ac96-774b-bcce-b302099a8058',
  workspace: 'acme',
  issuer: 'https://id.example.com',
  audiences: ['crm'],
  algorithms: ['RS256'],
  emailClaim: 'email',
  rolesClaim: 'groups',
  createsUsers: true,
  defaultRoleId: null,
  actorId: null,
}

const read = (payload: Record<string, unknown>, more: Partial<StoredProvider> = {}) =>
  readClaims(payload, 'subject-1', { ...provider, ...more })

describe('the e-mail address in a token of an identity provider', () => {
  test.each([true, 'true'])('is accepted, in lower case, when email_verified is %j', (verified) => {
    expect(read({ email: ' Ada@Acme.example', email_verified: verified }).verifiedEmail).toBe('ada@acme.example')
  })

  test.each([false, 'false', 1, 'yes', null, undefined, {}])('is ignored when email_verified is %j', (verified) => {
    expect(read({ email: 'ada@acme.example', email_verified: verified }).verifiedEmail).toBeNull()
  })

  test.each(['ada', '', 'ada@acme.example\0', 'ada@acme.example, eve@acme.example', ['ada@acme.example'], 7])(
    'is ignored when it is not an e-mail address: %j',
    (email) => expect(read({ email, email_verified: true }).verifiedEmail).toBeNull(),
  )

  test('is read from the claim named in `emailClaim` of the identity provider', () => {
    const payload = { email: 'other@acme.example', upn: 'ada@acme.example', email_verified: true }
    expect(read(payload, { emailClaim: 'upn' }).verifiedEmail).toBe('ada@acme.example')
  })
})

describe('the groups in a token of an identity provider', () => {
  test.each([
    [{ groups: ['a', 'b'] }, 'groups', ['a', 'b']],
    [{ groups: 'a' }, 'groups', ['a']],
    [{ realm_access: { roles: ['a'] } }, 'realm_access.roles', ['a']],
    [{ 'https://acme.example/roles': ['a'] }, 'https://acme.example/roles', ['a']],
    [{}, 'groups', []],
    [{ groups: null }, 'groups', []],
    [{ realm_access: 'x' }, 'realm_access.roles', []],
    [{}, 'constructor.name', []],
    [{}, '__proto__', []],
  ])('with the claims %j, and %s as rolesClaim of the identity provider, are %j', (payload, rolesClaim, groups) => {
    expect(read(payload, { rolesClaim }).groups).toEqual(groups)
  })

  test('are ignored when the identity provider has no rolesClaim', () => {
    expect(read({ groups: 7 }, { rolesClaim: null }).groups).toEqual([])
  })

  test.each([
    { groups: 7 },
    { groups: ['a', 7] },
    { groups: { a: true } },
    { groups: ['a\0'] },
    { groups: Array.from({ length: 1_001 }, String) },
    { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://graph.example' } } },
  ])('make the server refuse the token when they can’t be read: %j', (payload) => {
    expect(() => read(payload)).toThrow(AuthenticationError)
  })
})

test.each([
  [{ name: ' Ada Lovelace ' }, 'Ada Lovelace'],
  [{ name: '', preferred_username: 'ada' }, 'ada'],
  [{ email: 'ada@acme.example', email_verified: true }, 'ada'],
  [{ name: 7 }, 'subject-1'],
  [{ name: 'A\0' }, 'subject-1'],
  [{ name: '🙂'.repeat(300) }, '🙂'.repeat(200)],
])('the display name of a user from the claims %j of an identity provider is %s', (payload, name) => {
  expect(read(payload).displayName).toBe(name)
})
