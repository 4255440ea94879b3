import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeId } from '../../src/platform/declare/record-id.ts'
import { at, errorCodes, textAt, textsAt } from '../../src/testing/answers.ts'
import type { TestClient } from '../../src/testing/client.ts'
import { teamOf, userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addTeam } from '../support/records.ts'
import { done, expectForbidden, expectRefused, type Input, messagesOf, refusalsOf, roleId } from './administration.ts'

let app: TestApp
let memberRole: string
let teamId: string

beforeAll(async () => {
  app = await createTestApp()
  memberRole = await roleId(app, 'member')
  teamId = (await addTeam(app.as('admin'), { name: 'Retail' })).id
})
afterAll(() => app.close())

const retail = (input: Input = {}): Input => ({
  name: 'Retail',
  object: 'Account',
  filter: { industry: { equals: 'Retail' } },
  teamId,
  ...input,
})

async function addRule(input: Input, workspace: 'acme' | 'globex' = 'acme'): Promise<string> {
  return textAt(
    await done(app.as('admin', workspace), 'createSharingRule', retail(input), 'sharingRule { id }'),
    'sharingRule.id',
  )
}

async function names(client: TestClient): Promise<string[]> {
  return textsAt(
    await client.must('{ accounts(orderBy: [{ name: ASC }]) { nodes { name } } }'),
    'accounts.nodes',
    'name',
  )
}

describe('sharing rules', () => {
  it('can be created, updated, deleted and restored by an administrator', async () => {
    const admin = app.as('admin')
    const RULE = 'sharingRule { id version name object filter access isActive team { name } role { name } }'
    const made = await done(admin, 'createSharingRule', retail({ access: 'UPDATE' }), RULE)
    const id = textAt(made, 'sharingRule.id')
    expect(at(made, 'sharingRule')).toEqual({
      id,
      version: 1,
      name: 'Retail',
      object: 'Account',
      filter: { industry: { equals: 'Retail' } },
      access: 'UPDATE',
      isActive: true,
      team: { name: 'Retail' },
      role: null,
    })
    const changed = await done(
      admin,
      'updateSharingRule',
      { id, version: 1, teamId: null, roleId: memberRole, filter: { name: { startsWith: 'A' } } },
      RULE,
    )
    expect(at(changed, 'sharingRule')).toMatchObject({
      version: 2,
      filter: { name: { startsWith: 'A' } },
      team: null,
      role: { name: 'member' },
    })
    await done(admin, 'deleteSharingRule', { id, version: 2 }, 'sharingRule { id }')
    await done(admin, 'restoreSharingRule', { id, version: 3 }, 'sharingRule { id }')
    const seen = await admin.must('query ($id: ID!) { sharingRule(id: $id) { history { nodes { operation } } } }', {
      id,
    })
    expect(textsAt(seen, 'sharingRule.history.nodes', 'operation')).toEqual([
      'RESTORED',
      'DELETED',
      'UPDATED',
      'CREATED',
    ])
    await done(admin, 'deleteSharingRule', { id }, 'sharingRule { id }')
  })

  it('share the records that match their filter with the members of a team, as long as the sharing rule is active', async () => {
    const admin = app.as('admin')
    const client = await userWho(app, ['account:read@shared', 'account:update@shared'])
    const team = encodeId('team', await teamOf(app, [client]))
    await addAccount(admin, { name: 'Shop', industry: 'Retail' })
    await addAccount(admin, { name: 'Mill', industry: 'Steel' })
    expect(await names(client)).toEqual([])
    const id = await addRule({ name: 'To a team', teamId: team })
    expect(await names(client)).toEqual(['Shop'])
    await done(admin, 'updateSharingRule', { id, version: 1, isActive: false }, 'sharingRule { id }')
    expect(await names(client)).toEqual([])
  })

  it('are not created with invalid input, nor changed with a stale version or by a user of another workspace', async () => {
    const admin = app.as('admin')
    const foreignTeam = (await addTeam(app.as('admin', 'globex'), { name: 'Foreign' })).id
    const wrong: readonly [Input, string][] = [
      [{ object: 'Acount' }, 'INVALID input.object'],
      [{ object: 'Role' }, 'INVALID input.object'],
      [{ object: 'Change' }, 'INVALID input.object'],
      [{ filter: { industri: { equals: 'Retail' } } }, 'INVALID input.filter'],
      [{ filter: { industry: { equals: 1 } } }, 'INVALID input.filter'],
      [{ filter: { industry: { in: null } } }, 'INVALID input.filter'],
      [{ filter: 'Retail' }, 'INVALID input.filter'],
      [{ roleId: memberRole }, 'INVALID input.roleId'],
      [{ teamId: null }, 'INVALID input.roleId'],
      [{ teamId: foreignTeam }, 'NOT_FOUND input.teamId'],
    ]
    for (const [input, reason] of wrong)
      await expectRefused(app, admin, 'createSharingRule', retail({ name: 'Wrong', ...input }), [reason])
    const id = await addRule({ name: 'Right' })
    for (const [input, reason] of wrong)
      await expectRefused(app, admin, 'updateSharingRule', { id, version: 1, ...input }, [reason])
    await expectRefused(app, admin, 'createSharingRule', retail({ name: 'Right' }), ['DUPLICATE input.name'])
    await expectRefused(app, admin, 'updateSharingRule', { id, version: 1, object: 'Contact' }, [
      'INVALID input.filter',
    ])
    await expectRefused(app, admin, 'updateSharingRule', { id, version: 3, name: 'New' }, [
      'STALE_VERSION input.version',
    ])
    await expectRefused(app, admin, 'deleteSharingRule', { id, version: 3 }, ['STALE_VERSION input.version'])
    const other = await addRule({ name: 'Foreign', teamId: foreignTeam }, 'globex')
    for (const mutation of ['updateSharingRule', 'deleteSharingRule', 'restoreSharingRule'])
      await expectRefused(app, admin, mutation, { id: other, version: 1 }, ['NOT_FOUND input.id'])
    expect(await messagesOf(admin, 'createSharingRule', retail({ object: 'Acount' }))).toEqual([
      'There is no object called Acount. Did you mean Account?',
    ])
  })

  it('are refused with an invalid filter, and the message suggests no names of the GraphQL schema, because ERROR_HINTS may be off', async () => {
    const wrong: readonly [unknown, string][] = [
      [
        { nam: { equals: 'X' } },
        'This is not a valid AccountFilter. Invalid value { nam: { equals: "X" } }: Field "nam" is not defined by type "AccountFilter".',
      ],
      [{ name: { equal: 'X' } }, 'Field "equal" is not defined by type'],
      [{ name: { equals: 'X', mode: 'INSENSITIV' } }, 'Value "INSENSITIV" does not exist in'],
    ]
    for (const [filter, told] of wrong) {
      const [message] = await messagesOf(app.as('admin'), 'createSharingRule', retail({ name: 'Hints', filter }))
      expect(message).toContain(told)
      expect(message).not.toContain('Did you mean')
    }
  })

  it('are refused when a part of the filter has no condition, because this part would match all records', async () => {
    const admin = app.as('admin')
    const some = { industry: { equals: 'Retail' } }
    const empty: readonly [unknown, string][] = [
      [{}, 'The filter'],
      [{ industry: null }, 'industry in the filter'],
      [{ industry: {} }, 'industry in the filter'],
      [{ industry: { mode: 'INSENSITIVE' } }, 'industry in the filter'],
      [{ industry: { notIn: [] } }, 'industry.notIn in the filter'],
      [{ ...some, AND: [] }, 'AND in the filter'],
      [{ OR: [some, {}] }, 'OR.1 in the filter'],
      [{ NOT: { AND: [{ name: null }] } }, 'NOT.AND.0.name in the filter'],
      [{ owner: { is: {} } }, 'owner.is in the filter'],
    ]
    for (const [filter, where] of empty) {
      await expectRefused(app, admin, 'createSharingRule', retail({ name: 'Empty', filter }), ['INVALID input.filter'])
      const [message] = await messagesOf(admin, 'createSharingRule', retail({ name: 'Empty', filter }))
      expect(message).toContain(`${where} has no condition`)
      expect(message).toContain('give a role the permission without a scope')
    }
    for (const filter of [{ industry: { equals: null } }, { owner: { is: null } }, { industry: { not: null } }])
      await addRule({ name: JSON.stringify(filter), filter })
  })

  it('can be neither read nor changed by members and readers', async () => {
    const id = await addRule({ name: 'Guarded' })
    for (const role of ['member', 'reader'] as const) {
      const client = app.as(role)
      await expectForbidden(app, client, 'createSharingRule', retail())
      await expectForbidden(app, client, 'updateSharingRule', { id, version: 1, access: 'DELETE' })
      await expectForbidden(app, client, 'deleteSharingRule', { id, version: 1 })
      await expectForbidden(app, client, 'restoreSharingRule', { id })
      expect(errorCodes(await client.query('{ sharingRules { totalCount } }'))).toEqual(['FORBIDDEN'])
    }
  })

  it('cannot give more access than their author has to all records of the object, nor filter by a field that the author may not read', async () => {
    const deputy = await userWho(app, [
      'sharingRule:*',
      'team:read',
      'account:read',
      'contact:read@own',
      'task.title:read',
    ])
    const create = (input: Input) => refusalsOf(deputy, 'createSharingRule', retail(input))
    expect(await create({ name: 'D1' })).toEqual([])
    expect(await create({ name: 'D2', access: 'UPDATE' })).toEqual(['RULE_VIOLATION input.access'])
    expect(await create({ name: 'D3', object: 'Contact', filter: { lastName: { equals: 'X' } } })).toEqual([
      'RULE_VIOLATION input.access',
    ])
    const secret = { name: 'D4', object: 'Task', filter: { status: { equals: 'OPEN' } }, teamId }
    await expectForbidden(app, deputy, 'createSharingRule', secret)
    const id = await addRule({ name: 'Strong', access: 'DELETE' })
    await expectRefused(app, deputy, 'updateSharingRule', { id, version: 1, filter: { name: { equals: 'X' } } }, [
      'RULE_VIOLATION input.access',
    ])
    expect(await refusalsOf(deputy, 'updateSharingRule', { id, version: 1, description: 'Why' })).toEqual([])
  })
})
