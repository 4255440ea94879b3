import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Permission } from '../../src/platform/declare/permission.ts'
import { can, STARTING_ROLES } from '../../src/platform/permissions/grants.ts'

const objects = ['account', 'contact', 'legalMatter', 'workspace', 'user', 'role', 'apiKey'] as const
const actions = ['read', 'create', 'update', 'delete', 'convert'] as const
const administration: readonly string[] = ['workspace', 'user', 'role', 'apiKey']

function grantee(grants: readonly string[]) {
  return { permissions: new Set(grants) }
}

function role(name: string) {
  const found = STARTING_ROLES.find((candidate) => candidate.name === name)
  if (!found) throw new Error(`There is no starting role ${name}.`)
  return grantee(found.permissions)
}

const concrete = fc.tuple(fc.constantFrom(...objects), fc.constantFrom(...actions))
const grant = fc
  .tuple(fc.constantFrom(...objects, '*'), fc.constantFrom(...actions, '*'))
  .map(([object, action]) => `${object}:${action}`)
const noise = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '*',
    ':',
    '*:',
    ':*',
    'account',
    'account:',
    ':read',
    'account:read:*',
    '**:*',
    'ACCOUNT:READ',
    'account: read',
    '__proto__:read',
  ),
)

/** The documented rule for matching a grant, implemented a second time without optimisation. */
function matches(granted: string, object: string, action: string): boolean {
  const [grantedObject, grantedAction, ...rest] = granted.split(':')
  if (rest.length > 0) return false
  if (grantedObject === '*' && grantedAction !== '*' && administration.includes(object)) return false
  return (grantedObject === object || grantedObject === '*') && (grantedAction === action || grantedAction === '*')
}

describe('a permission check', () => {
  test('allows an action on an object exactly when one of the caller’s grants matches both', () => {
    fc.assert(
      fc.property(concrete, fc.array(fc.oneof(grant, noise), { maxLength: 8 }), ([object, action], grants) => {
        const expected = grants.some((granted) => matches(granted, object, action))
        expect(can(grantee(grants), `${object}:${action}`)).toBe(expected)
      }),
      { numRuns: 5_000 },
    )
  })

  test('refuses what does not name one action on one object, such as account:* or malformed text, even to an administrator', () => {
    const malformed = fc
      .tuple(noise, fc.string())
      .map(([object, action]): Permission => `${object}:${action}`)
      .filter((permission) => !/^[a-z][A-Za-z0-9]*:[a-z][A-Za-z0-9]*$/.test(permission))
    fc.assert(
      fc.property(malformed, (permission) => {
        expect(can(grantee(['*:*', permission]), permission)).toBe(false)
      }),
    )
    expect(can(grantee(['*:*']), '*:read')).toBe(false)
    expect(can(grantee(['*:*']), 'account:*')).toBe(false)
    expect(can(grantee(['*:*']), 'account:read\n')).toBe(false)
  })

  test('refuses every action to a caller without grants', () => {
    fc.assert(fc.property(concrete, ([object, action]) => !can(grantee([]), `${object}:${action}`)))
  })
})

describe('the roles of a new workspace', () => {
  test.each<[string, Permission, boolean]>([
    ['admin', 'account:create', true],
    ['admin', 'user:create', true],
    ['admin', 'lead:convert', true],
    ['member', 'account:create', true],
    ['member', 'task:delete', true],
    ['member', 'team:read', true],
    ['member', 'team:update', false],
    ['member', 'user:read', true],
    ['member', 'user:create', false],
    ['member', 'user:update', false],
    ['member', 'role:read', false],
    ['member', 'role:update', false],
    ['member', 'apiKey:create', false],
    ['member', 'workspace:update', false],
    ['read-only', 'account:read', true],
    ['read-only', 'workspace:read', true],
    ['read-only', 'user:read', true],
    ['read-only', 'account:create', false],
    ['read-only', 'account:delete', false],
    ['read-only', 'apiKey:read', false],
  ])('role %s has the permission %s: %s', (name, permission, allowed) => {
    expect(can(role(name), permission)).toBe(allowed)
  })
})
