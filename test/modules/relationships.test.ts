import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt, refusals, textAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addContact, addRelationshipType, type Made, setDeleted } from '../support/records.ts'

let app: TestApp
let parentOf: Made
let mother: Made
let daughter: Made

const RELATE = `mutation ($input: CreateRelationshipInput!) {
  createRelationship(input: $input) { relationship { id version type { name inverseName } from { __typename id } to { __typename id } startedOn } userErrors { code path } }
}`
const SIDES = `query ($id: ID!) { node(id: $id) {
  ... on Contact { relationships { totalCount nodes { type { name inverseName } startedOn other { __typename ... on Contact { fullName } ... on Account { name } } } } }
  ... on Account { relationships { totalCount nodes { type { name } other { __typename } } } }
} }`

beforeAll(async () => {
  app = await createTestApp()
  const admin = app.as('admin')
  parentOf = await addRelationshipType(admin, 'parent of', 'child of')
  mother = await addContact(admin, { lastName: 'Byron' })
  daughter = await addContact(admin, { lastName: 'Lovelace' })
})
afterAll(() => app.close())

async function relate(input: Readonly<Record<string, unknown>>): Promise<unknown> {
  return at(await app.as('member').must(RELATE, { input }), 'createRelationship')
}

describe('relationships', () => {
  it('are stored once, and can be read from both contacts: as "parent of" from one, and as "child of" from the other', async () => {
    const made = await relate({ typeId: parentOf.id, fromId: mother.id, toId: daughter.id, startedOn: '1815-12-10' })
    expect(at(made, 'relationship')).toMatchObject({
      type: { name: 'parent of', inverseName: 'child of' },
      from: { __typename: 'Contact', id: mother.id },
      to: { __typename: 'Contact', id: daughter.id },
      startedOn: '1815-12-10',
    })
    const side = (name: string, inverseName: string, fullName: string) => ({
      totalCount: 1,
      nodes: [{ type: { name, inverseName }, startedOn: '1815-12-10', other: { __typename: 'Contact', fullName } }],
    })
    expect(at(await app.as('reader').must(SIDES, { id: mother.id }), 'node.relationships')).toEqual(
      side('parent of', 'child of', 'Lovelace'),
    )
    expect(at(await app.as('reader').must(SIDES, { id: daughter.id }), 'node.relationships')).toEqual(
      side('child of', 'parent of', 'Byron'),
    )

    const id = textAt(made, 'relationship.id')
    const gone = await setDeleted(app.as('member'), 'delete', 'Relationship', { id, version: 1 })
    for (const person of [mother, daughter])
      expect(at(await app.as('reader').must(SIDES, { id: person.id }), 'node.relationships.totalCount')).toBe(0)
    await setDeleted(app.as('member'), 'restore', 'Relationship', gone)
    expect(at(await app.as('reader').must(SIDES, { id: daughter.id }), 'node.relationships.totalCount')).toBe(1)
  })

  it('can link a contact with an account', async () => {
    const bank = await addAccount(app.as('member'), { name: 'Bank' })
    const adviser = await addRelationshipType(app.as('member'), 'adviser of', 'advised by')
    const person = await addContact(app.as('member'), { lastName: 'Adviser' })
    await relate({ typeId: adviser.id, fromId: person.id, toId: bank.id })
    expect(listAt(await app.as('member').must(SIDES, { id: bank.id }), 'node.relationships.nodes')).toEqual([
      { type: { name: 'advised by' }, other: { __typename: 'Contact' } },
    ])
  })

  it('have the new name of their type after it is renamed', async () => {
    const type = await addRelationshipType(app.as('member'), 'boss of', 'works for')
    const [boss, worker] = [
      await addContact(app.as('member'), { lastName: 'Boss' }),
      await addContact(app.as('member'), { lastName: 'Worker' }),
    ]
    await relate({ typeId: type.id, fromId: boss.id, toId: worker.id })
    const rename =
      'mutation ($input: UpdateRelationshipTypeInput!) { updateRelationshipType(input: $input) { userErrors { code } } }'
    await app.as('member').must(rename, { input: { id: type.id, version: 1, inverseName: 'reports to' } })
    expect(at(await app.as('member').must(SIDES, { id: worker.id }), 'node.relationships.nodes.0.type.name')).toBe(
      'reports to',
    )
  })

  it('are refused between a contact and itself, a task or an unknown record, with an unknown type, and when they end before they start', async () => {
    const task = at(
      await app.as('member').must('mutation { createTask(input: { title: "T" }) { task { id } } }'),
      'createTask.task.id',
    )
    const base = { typeId: parentOf.id, fromId: mother.id, toId: daughter.id }
    const codes = async (input: Readonly<Record<string, unknown>>) =>
      refusals({ answer: await relate({ ...base, ...input }) }, 'answer')
    expect(await codes({ toId: mother.id })).toEqual(['INVALID'])
    expect(await codes({ toId: task })).toEqual(['NOT_FOUND'])
    expect(await codes({ fromId: 'contact_00000000000000000000000000' })).toEqual(['NOT_FOUND'])
    expect(await codes({ typeId: daughter.id })).toEqual(['NOT_FOUND'])
    expect(await codes({ startedOn: '2024-01-02', endedOn: '2024-01-01' })).toEqual(['INVALID'])
  })

  it('of a contact do not show the other contact once the other contact is deleted', async () => {
    const type = await addRelationshipType(app.as('member'), 'friend of', 'friend of')
    const [one, other] = [
      await addContact(app.as('member'), { lastName: 'One' }),
      await addContact(app.as('member'), { lastName: 'Other' }),
    ]
    await relate({ typeId: type.id, fromId: one.id, toId: other.id })
    await setDeleted(app.as('member'), 'delete', 'Contact', other)
    const answer = await app.as('member').query(SIDES, { id: one.id })
    expect(answer.errors).toEqual([])
    expect(JSON.stringify(answer.data)).not.toContain('Other')
  })
})
