import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Scope } from '../../src/platform/declare/permission.ts'
import { effectivePermissions, permissionsNotHeld } from '../../src/platform/permissions/cover.ts'
import { canOnField, recordScopes } from '../../src/platform/permissions/grants.ts'
import type { Grantee } from '../../src/platform/request/actor.ts'

const OBJECTS = ['account', 'contact', 'role']
const FIELDS = ['name', 'taxId']
const ACTIONS = ['read', 'update']

const isSensitive = (_object: string, field: string) => field === 'taxId'

const scope = fc.constantFrom('', '@own', '@team', '@hierarchy', '@shared')
const action = fc.constantFrom(...ACTIONS, '*')
const permission = fc.oneof(
  fc.tuple(fc.constantFrom(...OBJECTS, '*'), action, scope).map(([object, act, at]) => `${object}:${act}${at}`),
  fc
    .tuple(fc.constantFrom(...OBJECTS), fc.constantFrom(...FIELDS), action, scope)
    .map(([object, field, act, at]) => `${object}.${field}:${act}${at}`),
)
const permissions = fc.array(permission, { maxLength: 5 })

const grantee = (texts: readonly string[], within?: readonly string[]): Grantee => ({
  permissions: new Set(texts),
  ...(within ? { limitedBy: { permissions: new Set(within) } } : {}),
})

const REACHED: Readonly<Record<Scope, readonly string[]>> = {
  shared: ['shared'],
  own: ['own', 'shared'],
  team: ['team', 'own', 'shared'],
  hierarchy: ['hierarchy', 'own', 'shared'],
}

/** The kinds of records that the grantee may do the action on, where each scope has its own kind; null for none. */
function recordsOf(who: Grantee, object: string, act: string): ReadonlySet<string> | null {
  const scopes = recordScopes(who, object, act)
  if (!scopes) return null
  const all = ['others', 'shared', 'own', 'team', 'hierarchy']
  return new Set(all.filter((part) => scopes.every((set) => [...set].some((each) => REACHED[each].includes(part)))))
}

/** Whether `who` may do everything that `other` may do. */
function mayAllOf(who: Grantee, other: Grantee): boolean {
  return OBJECTS.every((object) =>
    ACTIONS.every((act) => {
      const [own, theirs] = [recordsOf(who, object, act), recordsOf(other, object, act)]
      if (!theirs) return true
      const fields = FIELDS.filter((field) => canOnField(other, object, act, field, isSensitive(object, field)))
      return (
        own !== null &&
        [...theirs].every((part) => own.has(part)) &&
        fields.every((field) => canOnField(who, object, act, field, isSensitive(object, field)))
      )
    }),
  )
}

describe('the check of permissions that a caller gives to others', () => {
  it('never lets a caller give more rights than the caller has', () => {
    fc.assert(
      fc.property(permissions, fc.option(permissions, { nil: undefined }), permissions, (own, within, given) => {
        const giver = grantee(own, within)
        const passed = given.filter((text) => !permissionsNotHeld(giver, given, isSensitive).includes(text))
        expect(mayAllOf(giver, grantee(passed))).toBe(true)
      }),
      { numRuns: 5_000 },
    )
  })

  it('lets a caller give every permission that the caller has', () => {
    fc.assert(
      fc.property(permissions, (own) => {
        expect(permissionsNotHeld(grantee(own), own, isSensitive)).toEqual([])
      }),
    )
  })

  it.each([
    [['*:*'], ['*:*', 'role:update', '*:read@own', 'account.taxId:read', 'account:*'], []],
    [['*:read'], ['account:read', 'account.name:read@own', '*:read@team'], []],
    [
      ['*:read'],
      ['role:read', 'account.taxId:read', 'account:update', 'account:*', '*:*'],
      ['role:read', 'account.taxId:read', 'account:update', 'account:*', '*:*'],
    ],
    [
      ['account:*@team'],
      ['account:read@own', 'account.taxId:read@team', 'account:read@hierarchy', 'account:read'],
      ['account:read@hierarchy', 'account:read'],
    ],
    [['account.name:read'], ['account.name:read', 'account:read'], ['account:read']],
    [['*:*'], ['nonsense'], ['nonsense']],
  ])('reports that a caller who has %j and gives %j lacks %j', (own, given, missing) => {
    expect(permissionsNotHeld(grantee(own), given, isSensitive)).toEqual(missing)
  })

  it('lets an API key give only permissions that both its roles and its field `scopes` allow', () => {
    expect(
      permissionsNotHeld(grantee(['*:*'], ['account:read']), ['account:read', 'contact:read'], isSensitive),
    ).toEqual(['contact:read'])
  })
})

describe('the effective permissions of a caller', () => {
  it('never exceed the roles of the caller or the field `scopes` of the API key', () => {
    fc.assert(
      fc.property(permissions, permissions, (own, within) => {
        const who = grantee(own, within)
        expect(mayAllOf(who, grantee(effectivePermissions(who, isSensitive)))).toBe(true)
      }),
      { numRuns: 5_000 },
    )
  })

  it.each([
    [['*:read', 'account:update@own'], undefined, ['*:read', 'account:update@own']],
    [['*:*'], ['account:read', 'role:*'], ['account:read', 'role:*']],
    [
      ['*:read', '*:update'],
      ['account:*', 'role:*'],
      ['account:read', 'account:update'],
    ],
    [['account:read@own'], ['account.name:read@team'], ['account.name:read@own']],
    [['account:read'], ['contact:read'], []],
    [['account.taxId:read'], ['account:read'], []],
    [['account.taxId:read'], ['account:*'], ['account.taxId:read']],
    [
      ['account:*'],
      ['*:*@own'],
      ['account:create@own', 'account:delete@own', 'account:read@own', 'account:update@own'],
    ],
  ])('with roles that grant %j, and with %j in the field `scopes` of an API key, are %j', (own, within, expected) => {
    expect(effectivePermissions(grantee(own, within), isSensitive)).toEqual(expected)
  })
})
