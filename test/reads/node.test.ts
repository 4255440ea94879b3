import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import {
  addAccount,
  addContact,
  addInteraction,
  addRelationshipType,
  addTask,
  addTeam,
  setDeleted,
} from '../support/records.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const NODE = 'query ($id: ID!) { node(id: $id) { __typename id } }'
const NODES =
  'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Account { name } ... on Contact { fullName } } }'
const NOBODY = 'account_00000000000000000000000000'

describe('the queries by record id', () => {
  it('nodes returns records in the order of the ids, and null for a record that is missing, deleted or of another workspace', async () => {
    const admin = app.as('admin')
    const acme = await addAccount(admin, { name: 'Acme' })
    const ada = await addContact(admin, { firstName: 'Ada', lastName: 'Lovelace' })
    const foreign = await addAccount(app.as('admin', 'globex'), { name: 'Foreign' })
    const gone = await addAccount(admin, { name: 'Gone' })
    await setDeleted(admin, 'delete', 'Account', gone)
    const ids = [
      ada.id,
      foreign.id,
      acme.id,
      NOBODY,
      'nonsense',
      '',
      gone.id,
      ada.id,
      acme.id.replace('account', 'contact'),
    ]
    const person = { __typename: 'Contact', id: ada.id, fullName: 'Ada Lovelace' }
    const company = { __typename: 'Account', id: acme.id, name: 'Acme' }
    expect(listAt(await admin.must(NODES, { ids }), 'nodes')).toEqual([
      person,
      null,
      company,
      null,
      null,
      null,
      null,
      person,
      null,
    ])
  })

  it('node finds a task, team, relationship type, note, user, workspace and role by its id', async () => {
    const admin = app.as('admin')
    const made = {
      Task: await addTask(admin, { title: 'Call' }),
      Team: await addTeam(admin, { name: 'Sales' }),
      RelationshipType: await addRelationshipType(admin, 'parent of', 'child of'),
      Note: await addInteraction(admin, 'note', {}),
    }
    for (const [__typename, { id }] of Object.entries(made))
      expect(await admin.must(NODE, { id })).toEqual({ node: { __typename, id } })
    const viewer = await admin.must(
      '{ viewer { actor { __typename id } workspace { __typename id } roles { __typename id } } }',
    )
    for (const path of ['viewer.actor', 'viewer.workspace', 'viewer.roles.0']) {
      expect(await admin.must(NODE, { id: at(viewer, `${path}.id`) })).toEqual({ node: at(viewer, path) })
    }
  })

  it('nodes accepts up to 200 ids and refuses more', async () => {
    const ids = Array.from({ length: 201 }, () => NOBODY)
    expect(errorCodes(await app.as('reader').query(NODES, { ids }))).toEqual(['BAD_USER_INPUT'])
    expect(listAt(await app.as('reader').must(NODES, { ids: ids.slice(1) }), 'nodes')).toHaveLength(200)
  })
})
