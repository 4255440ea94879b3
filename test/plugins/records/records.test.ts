import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { at, textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount, addContact } from '../../support/records.ts'
import { activationOf, forgetStrikes, LEDGER } from '../guarded-plugin.ts'
import { doIt, ledger, other, uuidOf } from '../ledger/plugin.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: ledger, directory: LEDGER }, { plugin: other }] })
})
afterEach(() => forgetStrikes(app))
afterAll(() => app.close())

describe("`records` in a plugin's context", () => {
  it('finds records by filter, uuid or record id, oldest first and up to a limit', async () => {
    const client = app.as('admin')
    const parent = await addAccount(client, { name: 'Find Parent' })
    const child = await addAccount(client, { name: 'Find Child', parentId: parent.id })
    const { answer, errors } = await doIt(client, async ({ records }) => ({
      byName: await records.find('Account', { filter: { name: { contains: 'Find' } } }),
      first: await records.find('Account', { filter: { name: { contains: 'Find' } }, first: 1 }),
      after: await records.find('Account', { filter: { name: { contains: 'Find' } }, after: uuidOf(parent) }),
      byParent: await records.find('Account', { filter: { parent: { is: { id: { equals: uuidOf(parent) } } } } }),
      one: await records.get('Account', uuidOf(child)),
      byTypedId: await records.get('Account', child.id),
      byUpperCase: await records.find('Account', {
        filter: { parent: { is: { id: { equals: uuidOf(parent).toUpperCase() } } } },
      }),
      oneByUpperCase: await records.get('Account', uuidOf(child).toUpperCase()),
      none: await records.get('Account', '00000000-0000-0000-0000-000000000000'),
    }))
    expect(errors).toEqual([])
    expect(answer).toMatchObject({
      byName: [
        { name: 'Find Parent', version: 1 },
        { name: 'Find Child', parentId: uuidOf(parent) },
      ],
      first: [{ name: 'Find Parent' }],
      after: [{ name: 'Find Child' }],
      byParent: [{ id: uuidOf(child) }],
      one: { id: uuidOf(child) },
      byTypedId: { id: uuidOf(child) },
      byUpperCase: [{ id: uuidOf(child) }],
      oneByUpperCase: { id: uuidOf(child) },
      none: null,
    })
    expect(at(answer, 'byParent.1')).toBeUndefined()
  })

  it('returns no columns that the object does not publish, such as the hash of an API key', async () => {
    const { answer } = await doIt(app.as('admin'), ({ records }) => records.find('ApiKey'))
    expect(JSON.stringify(answer)).not.toMatch(/hash|secret/i)
  })

  it('creates, updates, logs, completes and deletes records in one transaction, and the updates are in the history', async () => {
    const client = app.as('admin')
    const account = await addAccount(client, { name: 'Write' })
    const contact = await addContact(client, { lastName: 'Person' })
    const { answer, errors } = await doIt(client, async ({ records }) => {
      const made = await records.create('Account', { name: 'Made by plugin', parentId: uuidOf(account) })
      const twice = [
        await records.update('Account', uuidOf(account), { industry: 'One' }),
        await records.update('Account', uuidOf(account), { industry: 'Two' }),
      ]
      const task = await records.create('Task', { title: 'Do', regardingId: { type: 'Account', id: uuidOf(account) } })
      const done = await records.act('completeTask', task.id ?? '')
      const note = await records.log('Interaction', 'note', {
        occurredAt: new Date('2024-05-01T12:00:00Z'),
        body: 'Said so.',
        participants: [{ contactId: uuidOf(contact) }],
      })
      const gone = await records.delete('Account', made.id ?? '')
      return { made, twice, task, done, note, gone }
    })
    expect(errors).toEqual([])
    expect(JSON.stringify(answer)).not.toContain('"code"')
    const data = await client.must(
      `query ($id: ID!) { account(id: $id) { industry version history { nodes { operation } } tasks { nodes { status } } }
        accounts(filter: { name: { equals: "Made by plugin" } }) { nodes { id } } }`,
      { id: account.id },
    )
    expect(data).toEqual({
      account: {
        industry: 'Two',
        version: 3,
        history: { nodes: [{ operation: 'UPDATED' }, { operation: 'UPDATED' }, { operation: 'CREATED' }] },
        tasks: { nodes: [{ status: 'COMPLETED' }] },
      },
      accounts: { nodes: [] },
    })
    expect(textAt(answer, 'note.id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('returns user errors for refused writes, while the other writes of the operation succeed', async () => {
    const { answer, errors } = await doIt(app.as('admin'), async ({ records }) => [
      await records.create('Account', { name: 'Refused' }),
      await records.create('Account', { name: 'Kept', parentId: '00000000-0000-0000-0000-000000000000' }),
      await records.update('Account', '00000000-0000-0000-0000-000000000000', { name: 'Gone' }),
      await records.create('Account', { name: 'Kept after refusals' }),
    ])
    expect(errors).toEqual([])
    expect(answer).toMatchObject([
      { id: null, userErrors: [{ code: 'NO' }] },
      { id: null, userErrors: [{ code: 'NOT_FOUND' }] },
      { id: null, userErrors: [{ code: 'NOT_FOUND' }] },
      { userErrors: [] },
    ])
  })

  it('accepts several writes at once, and returns the result of each write', async () => {
    const { answer, errors } = await doIt(app.as('admin'), ({ records }) =>
      Promise.all(['Side', 'Refused', 'by', 'Refused', 'side'].map((name) => records.create('Account', { name }))),
    )
    expect(errors).toEqual([])
    expect(answer).toMatchObject([
      { userErrors: [] },
      { id: null },
      { userErrors: [] },
      { id: null },
      { userErrors: [] },
    ])
  })

  it('requires that both the caller and the plugin have the permission', async () => {
    const account = await addAccount(app.as('admin'), { name: 'Guarded' })
    const byReader = await doIt(app.as('reader'), ({ records }) =>
      records.update('Account', uuidOf(account), { name: 'Changed' }),
    )
    expect(byReader.errors[0]).toMatchObject({
      message: expect.stringMatching(/plugin ledger does this with your permissions.*account:update/),
      extensions: { code: 'FORBIDDEN', plugin: 'ledger' },
    })
    const byPlugin = await doIt(app.as('admin'), ({ records }) => records.create('Contact', { lastName: 'No' }))
    expect(byPlugin.errors[0]).toMatchObject({
      message: 'The plugin ledger may not do this: its permissions lack contact:create.',
      extensions: { code: 'FORBIDDEN' },
    })
    const unread = await doIt(app.as('admin'), ({ records }) => records.find('Task'))
    expect(unread.errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
    expect(await activationOf(app, app.as('admin'), 'ledger')).toMatchObject({ strikes: 0 })
  })

  it('treats records of another workspace as if they did not exist', async () => {
    const account = await addAccount(app.as('admin', 'globex'), { name: 'Theirs' })
    const { answer } = await doIt(app.as('admin', 'acme'), async ({ records }) => [
      await records.get('Account', uuidOf(account)),
      await records.find('Account', { ids: [uuidOf(account)] }),
      await records.update('Account', uuidOf(account), { name: 'Mine' }),
    ])
    expect(answer).toMatchObject([null, [], { id: null, userErrors: [{ code: 'NOT_FOUND' }] }])
  })
})
