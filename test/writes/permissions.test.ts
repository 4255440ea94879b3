import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addContact } from '../support/records.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

describe('a request without permission', () => {
  it('of a user with the role read-only cannot create, update or delete records', async () => {
    const reader = app.as('reader')
    const made = await addContact(app.as('member'), { lastName: 'Kept' })
    const mutations = [
      'createAccount(input: { name: "No" }) { userErrors { code } }',
      'createAccounts(input: { records: [{ name: "No" }] }) { createdCount }',
      `updateContact(input: { id: "${made.id}", version: 1, lastName: "No" }) { userErrors { code } }`,
      `deleteContact(input: { id: "${made.id}", version: 1 }) { userErrors { code } }`,
      `logInteraction(input: { note: { occurredAt: "2024-01-01T00:00:00Z" } }) { userErrors { code } }`,
    ]
    for (const mutation of mutations) {
      const { data, errors } = await reader.query(`mutation { ${mutation} }`)
      expect([mutation, errorCodes({ errors })]).toEqual([mutation, ['FORBIDDEN']])
      expect(data).toBeNull()
    }
    const seen = await reader.must(
      'query ($id: ID!) { contact(id: $id) { version lastName } accounts(filter: { name: { equals: "No" } }) { totalCount } }',
      { id: made.id },
    )
    expect(seen).toEqual({ contact: { version: 1, lastName: 'Kept' }, accounts: { totalCount: 0 } })
  })

  it('to delete a record gets the same answer whether that record exists or not', async () => {
    const made = await addContact(app.as('member'), { lastName: 'Secret' })
    const run = (id: string) =>
      app
        .as('reader')
        .query('mutation ($id: ID!) { deleteContact(input: { id: $id, version: 1 }) { userErrors { code } } }', { id })
    expect(await run(made.id)).toEqual(await run('contact_00000000000000000000000000'))
  })

  it('of a member cannot read roles, which an administrator can read', async () => {
    const roles = await app.as('member').query('{ roles { nodes { name } } }')
    expect(errorCodes(roles)).toEqual(['FORBIDDEN'])
    expect(at(await app.as('admin').must('{ roles { totalCount } }'), 'roles.totalCount')).toBe(3)
  })
})
