import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, refusals, textAt } from '../../src/testing/answers.ts'
import { userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount } from '../support/records.ts'
import { addRole, done, expectRefused, messagesOf, refusalsOf } from './administration.ts'

let app: TestApp
let users: readonly string[]

const TEAM = 'team { id version members { isLead user { displayName email } } } userErrors { code path }'
const CREATE = `mutation ($input: CreateTeamInput!) { createTeam(input: $input) { ${TEAM} } }`
const UPDATE = `mutation ($input: UpdateTeamInput!) { updateTeam(input: $input) { ${TEAM} } }`

beforeAll(async () => {
  app = await createTestApp()
  users = await Promise.all(
    (['admin', 'member', 'reader'] as const).map(async (role) =>
      textAt(await app.as(role).must('{ viewer { actor { id } } }'), 'viewer.actor.id'),
    ),
  )
})
afterAll(() => app.close())

describe('teams', () => {
  it('return their members in the order in which they were sent, and isLead for the member who leads', async () => {
    const made = await app
      .as('admin')
      .must(CREATE, { input: { name: 'Sales', members: [{ userId: users[1], isLead: true }, { userId: users[2] }] } })
    expect(at(made, 'createTeam.team.members')).toEqual([
      { isLead: true, user: { displayName: 'Member', email: 'member@acme.example' } },
      { isLead: false, user: { displayName: 'Reader', email: 'reader@acme.example' } },
    ])
    const id = textAt(made, 'createTeam.team.id')
    const changed = await app.as('admin').must(UPDATE, {
      input: { id, version: 1, members: [{ userId: users[2] }, { userId: users[0] }, { userId: users[1] }] },
    })
    expect(at(changed, 'updateTeam.team')).toMatchObject({
      version: 2,
      members: [
        { user: { displayName: 'Reader' } },
        { user: { displayName: 'admin' } },
        { user: { displayName: 'Member' } },
      ],
    })
  })

  it('are not created with one user twice as member, nor with a user of another workspace', async () => {
    const foreign = textAt(await app.as('member', 'globex').must('{ viewer { actor { id } } }'), 'viewer.actor.id')
    const codes = async (members: readonly unknown[]) =>
      refusals(await app.as('admin').must(CREATE, { input: { name: 'Wrong', members } }), 'createTeam')
    expect(await codes([{ userId: users[0] }, { userId: users[0] }])).toEqual(['DUPLICATE'])
    expect(await codes([{ userId: foreign }])).toEqual(['NOT_FOUND'])
  })

  it('can be read by readers, and created neither by readers nor by members', async () => {
    for (const role of ['reader', 'member'] as const)
      expect(errorCodes(await app.as(role).query(CREATE, { input: { name: 'No' } }))).toEqual(['FORBIDDEN'])
    expect(at(await app.as('reader').must('{ teams { totalCount } }'), 'teams.totalCount')).toBe(1)
  })
})

describe('the members of a team', () => {
  const deputyWho = (...permissions: Parameters<typeof userWho>[1]) =>
    userWho(app, ['team:*', 'user:read', ...permissions], { workspace: 'globex' })
  const madeByAdmin = async (input: Readonly<Record<string, unknown>>): Promise<string> =>
    textAt(await done(app.as('admin', 'globex'), 'createTeam', input, 'team { id }'), 'team.id')

  it('can be changed only by a user who has, for all records, every permission that any role grants with the scope team', async () => {
    const deputy = await deputyWho('account:read@team')
    const self = textAt(await deputy.must('{ viewer { actor { id } } }'), 'viewer.actor.id')
    const boss = textAt(await app.as('admin', 'globex').must('{ viewer { actor { id } } }'), 'viewer.actor.id')
    const both = [{ userId: boss }, { userId: self }]
    const id = await madeByAdmin({ name: 'Owners', members: [{ userId: boss }] })
    await addAccount(app.as('admin', 'globex'), { name: 'Secret', ownerId: boss })
    await expectRefused(app, deputy, 'createTeam', { name: 'Plot', members: both }, ['RULE_VIOLATION input.members'])
    await expectRefused(app, deputy, 'updateTeam', { id, version: 1, members: both }, ['RULE_VIOLATION input.members'])
    await expectRefused(app, deputy, 'updateTeam', { id, version: 1, members: [] }, ['RULE_VIOLATION input.members'])
    expect(await messagesOf(deputy, 'createTeam', { name: 'Plot', members: both })).toEqual([
      'Members of a team may get account:read by the scope @team, which you do not have yourself for all records.',
    ])
    expect(at(await deputy.must('{ accounts { totalCount } }'), 'accounts.totalCount')).toBe(0)
    expect(await refusalsOf(deputy, 'createTeam', { name: 'Empty' })).toEqual([])
    const kept = { id, version: 1, description: 'Who own', members: [{ userId: boss, isLead: true }] }
    expect(await refusalsOf(deputy, 'updateTeam', kept)).toEqual([])
    await done(app.as('admin', 'globex'), 'deleteTeam', { id }, 'team { id }')
    await expectRefused(app, deputy, 'restoreTeam', { id }, ['RULE_VIOLATION input.id'])
    const chief = await deputyWho('account:read')
    expect(await refusalsOf(chief, 'createTeam', { name: 'Plan', members: both })).toEqual([])
    await addRole(app, { name: 'Clerks', permissions: ['contact:update@team'] }, 'globex')
    await expectRefused(app, chief, 'createTeam', { name: 'Plan 2', members: both }, ['RULE_VIOLATION input.members'])
  })

  it('can be changed only by a user who has, for all records, the permissions that sharing rules and record grants give the team', async () => {
    const admin = app.as('admin')
    const deputy = await userWho(app, ['team:*', 'user:read', 'account:read@own', 'contact:read'])
    const self = textAt(await deputy.must('{ viewer { actor { id } } }'), 'viewer.actor.id')
    const team = async (name: string) => textAt(await done(admin, 'createTeam', { name }, 'team { id }'), 'team.id')
    const [ruled, granted, free] = [await team('Ruled'), await team('Granted'), await team('Free')]
    const retail = { name: 'Retail', object: 'Account', filter: { industry: { equals: 'Retail' } } }
    await done(admin, 'createSharingRule', { ...retail, teamId: ruled }, 'sharingRule { id }')
    const account = await addAccount(admin, { name: 'Given' })
    const access = { recordId: account.id, teamId: granted, access: 'UPDATE' }
    await done(admin, 'createRecordGrant', access, 'recordGrant { id }')
    const members = [{ userId: self }]
    for (const id of [ruled, granted])
      await expectRefused(app, deputy, 'updateTeam', { id, version: 1, members }, ['RULE_VIOLATION input.members'])
    expect(await messagesOf(deputy, 'updateTeam', { id: granted, version: 1, members })).toEqual([
      'Sharing gives the members of the team account:read, account:update, which you do not have yourself for all records.',
    ])
    expect(await refusalsOf(deputy, 'updateTeam', { id: free, version: 1, members })).toEqual([])
  })
})
