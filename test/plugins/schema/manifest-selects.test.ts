import { beforeAll, describe, expect, it } from 'vitest'
import type { Permission } from '../../../src/platform/declare/permission.ts'
import { composer, one } from './compose-plugins.ts'
import { grade, relation } from './schema-field-makers.ts'

let compose: Awaited<ReturnType<typeof composer>>
beforeAll(async () => {
  compose = await composer()
})

/** Composes a plugin with these permissions that adds `Account.grade`. */
const composeWith = (permissions: readonly Permission[], options: object) => () =>
  compose(one({ permissions, schema: grade(options) }))

const OWNER = { owner: { select: { displayName: true } } }
const CONTACTS = { AccountContact_account: { select: { contact: { select: { primaryEmail: true } } } } }

describe("a field of a schema is refused when the plugin's manifest does not permit its code to read", () => {
  it.each<[string, readonly Permission[], object, string]>([
    ['a column of its record', [], { name: true }, 'Account.name, and the permissions of one lack account.name:read'],
    [
      'another column of its record',
      ['account.industry:read'],
      { name: true },
      'Account.name, and the permissions of one lack account.name:read',
    ],
    ['a related record', ['account:read'], OWNER, 'lack actor:read or user:read or apiKey:read or pluginActor:read'],
    [
      'the id of a related record',
      ['account:read'],
      { ownerId: true },
      'Actor, and the permissions of one lack actor:read',
    ],
    ['a record of a relation of a relation', ['account:read'], CONTACTS, 'lack contact:read'],
    [
      'a column of a related record',
      ['account:read', 'contact.lastName:read'],
      CONTACTS,
      'Contact.primaryEmail, and the permissions of one lack contact.primaryEmail:read',
    ],
    [
      'a column by which it chooses',
      ['account.name:read', 'account.parent:read'],
      { Account_parent: { select: { id: true }, where: { OR: [{ industry: 'Tools' }] } } },
      'Account.industry, and the permissions of one lack account.industry:read',
    ],
    [
      'a column by which it sorts',
      ['account.name:read', 'account.parent:read'],
      { Account_parent: { select: { id: true }, orderBy: { industry: 'asc' } } },
      'Account.industry, and the permissions of one lack account.industry:read',
    ],
  ])('%s', (_, permissions, select, problem) => {
    expect(composeWith(permissions, { select })).toThrow(/^one: Account\.grade can't be read: /)
    expect(composeWith(permissions, { select })).toThrow(problem)
  })
})

describe('a field of a schema needs no more than', () => {
  it.each<[string, readonly Permission[], object]>([
    ['nothing for the id', [], { id: true }],
    ['the permission on each column', ['account.name:read'], { name: true }],
    ['those on its record and on related records', ['account:read', 'user:read'], OWNER],
    ['those on columns of related records', ['account:read', 'contact.primaryEmail:read'], CONTACTS],
  ])('%s', (_, permissions, select) => {
    expect(composeWith(permissions, { select })).not.toThrow()
  })

  it('nothing for `t.relation`, whose records only the client gets', () => {
    expect(() => compose(one({ permissions: [], schema: relation('Account_parent', {}) }))).not.toThrow(
      /permissions of one/,
    )
  })
})
