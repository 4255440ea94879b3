import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { activationOf, forgetStrikes } from '../guarded-plugin.ts'
import { bookOf, booksOf, doShelf, SHELF, shelf } from '../shelf/plugin.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: shelf, directory: SHELF }] })
})
afterEach(() => forgetStrikes(app))
afterAll(() => app.close())

const ID = '01900000-0000-7000-8000-00000000abcd'

/** A book as the plugin's own columns. */
const columnsOf = (number: string, values: object = {}) => ({
  ...bookOf(number),
  changedAt: new Date('2026-01-01T00:00:00.000Z'),
  ...values,
})

describe('`records.insert`', () => {
  it('creates a record with columns that clients cannot write, in the log, the audit and the history', async () => {
    const { answer, errors } = await doShelf(app.as('admin'), ({ records }) =>
      records.insert('Book', columnsOf('inserted', { status: 'LENT', price: '12.5' })),
    )
    expect([errors, answer]).toEqual([[], { id: expect.any(String), userErrors: [] }])
    expect(await booksOf(app.as('admin'), 'inserted')).toMatchObject([{ status: 'LENT', version: 1 }])
    const data = await app.as('admin').must(
      `{ books(filter: { number: { equals: "inserted" } }) { nodes {
        price createdBy { displayName } history { nodes { operation version } } } } }`,
    )
    expect(listAt(data, 'books.nodes')).toEqual([
      {
        price: '12.50',
        createdBy: { displayName: 'admin' },
        history: { nodes: [{ operation: 'CREATED', version: 1 }] },
      },
    ])
    const { rows } = await app.database.ownerPool.query(
      `select operation, mutation, plugin from audit_entries where type = 'Book' and record_id = $1`,
      [at(answer, 'id')],
    )
    expect(rows).toEqual([{ operation: 'CREATED', mutation: 'doShelf', plugin: 'shelf' }])
  })

  it('needs no permission of the caller, but one in the manifest of the plugin', async () => {
    const { answer } = await doShelf(app.as('reader'), async ({ records, can }) => ({
      can: can('book:create'),
      inserted: await records.insert('Book', columnsOf('for a reader')),
    }))
    expect(answer).toMatchObject({ can: false, inserted: { userErrors: [] } })
    expect(await booksOf(app.as('reader'), 'for a reader')).toHaveLength(1)

    const modest = { ...shelf, permissions: ['book:read', 'book:update'] as const }
    const other = await createTestApp({ plugins: [{ plugin: modest, directory: SHELF }] })
    try {
      const { errors } = await doShelf(other.as('admin'), ({ records }) => records.insert('Book', columnsOf('lacking')))
      expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', plugin: 'shelf', permission: 'book:create' })
      expect(await booksOf(other.as('admin'), 'lacking')).toEqual([])
    } finally {
      await other.close()
    }
  })

  it('runs the rules on creates, whose refusals are user errors', async () => {
    const { answer } = await doShelf(app.as('admin'), ({ records }) =>
      records.insert('Book', columnsOf('refused', { title: 'Forbidden' })),
    )
    expect(answer).toMatchObject({ id: null, userErrors: [{ code: 'NO' }] })
    expect(await booksOf(app.as('admin'), 'refused')).toEqual([])
  })

  it('gives the record the id that the plugin names', async () => {
    const { answer } = await doShelf(app.as('admin'), async ({ records }) => [
      await records.insert('Book', columnsOf('named', { id: ID })),
      await records.get('Book', ID),
    ])
    expect(answer).toMatchObject([{ id: ID }, { id: ID, number: 'named' }])
  })

  it.each<[string, string, object]>([
    ['for an object of core', 'Account', { name: 'Acme' }],
    ['with a column that the model does not have', 'Book', columnsOf('bad', { tilte: 'x' })],
    ['with a column that only the platform writes', 'Book', columnsOf('bad', { version: 9 })],
    ['with a value that the enum does not have', 'Book', columnsOf('bad', { status: 'EATEN' })],
    ['without a required column', 'Book', { library: 'city', number: 'bad', title: 'x' }],
    ['with an id that is no uuid', 'Book', columnsOf('bad', { id: 'x' })],
  ])('fails the operation %s', async (_name, object, columns) => {
    const { errors } = await doShelf(app.as('admin'), ({ records }) => records.insert(object, { ...columns }))
    expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED', plugin: 'shelf' })
    expect(await booksOf(app.as('admin'), 'bad')).toEqual([])
    expect(await activationOf(app, app.as('admin'), 'shelf')).toMatchObject({ strikes: 1 })
  })
})

describe('`records.insertMany`', () => {
  it('creates those records that no rule refuses and that have no value of another record, in the order given', async () => {
    const rows = [
      columnsOf('many: a', { isbn: '1' }),
      columnsOf('many: b', { title: 'Forbidden' }),
      columnsOf('many: c', { isbn: '1' }),
      columnsOf('many: d'),
    ]
    const { answer, errors } = await doShelf(app.as('admin'), ({ records }) =>
      records.insertMany('Book', rows, { path: ['input', 'books'] }),
    )
    expect(errors).toEqual([])
    expect(answer).toMatchObject([
      { id: expect.any(String), userErrors: [] },
      { id: null, userErrors: [{ code: 'NO', path: ['input', 'books', '1', 'title'] }] },
      { id: null, userErrors: [{ code: 'DUPLICATE', path: ['input', 'books', '2', 'isbn'] }] },
      { id: expect.any(String), userErrors: [] },
    ])
  })

  it('creates 1,000 records with a few statements, and refuses one more', async () => {
    const insert = (count: number) =>
      doShelf(app.as('admin'), ({ records }) =>
        records.insertMany(
          'Book',
          Array.from({ length: count }, (_, index) => columnsOf(`${count} ${index}`)),
        ),
      )
    app.resetStatements()
    const { answer } = await insert(1_000)
    expect(listAt({ answer }, 'answer')).toHaveLength(1_000)
    expect(app.statements.length).toBeLessThan(20)
    const { errors } = await insert(1_001)
    expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED' })
  })
})
