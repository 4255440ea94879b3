import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, refusals, textAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'

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
  it('have members in an order, some of whom lead', async () => {
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

  it('refuse the same user twice, and one of another workspace', async () => {
    const foreign = textAt(await app.as('member', 'globex').must('{ viewer { actor { id } } }'), 'viewer.actor.id')
    const codes = async (members: readonly unknown[]) =>
      refusals(await app.as('admin').must(CREATE, { input: { name: 'Wrong', members } }), 'createTeam')
    expect(await codes([{ userId: users[0] }, { userId: users[0] }])).toEqual(['DUPLICATE'])
    expect(await codes([{ userId: foreign }])).toEqual(['NOT_FOUND'])
  })

  it('are read by everyone and made by administrators: they decide what their members reach', async () => {
    for (const role of ['reader', 'member'] as const)
      expect(errorCodes(await app.as(role).query(CREATE, { input: { name: 'No' } }))).toEqual(['FORBIDDEN'])
    expect(at(await app.as('reader').must('{ teams { totalCount } }'), 'teams.totalCount')).toBe(1)
  })
})
