import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import type { UpsertOptions } from '../../../src/platform/declare/records.ts'
import { at, listAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { forgetStrikes } from '../guarded-plugin.ts'
import { bookOf, booksOf, doShelf, SHELF, shelf } from '../shelf/plugin.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: shelf, directory: SHELF }] })
})
afterEach(() => forgetStrikes(app))
afterAll(() => app.close())

const day = (number: number) => `2026-01-${String(number).padStart(2, '0')}T00:00:00.000Z`
const newest: UpsertOptions<string> = {
  isNewer: (told, known) => Number(told['changedAt']) > Number(known['changedAt']),
}

/** Upserts books and returns the result of each. */
async function tell(books: readonly object[], options: UpsertOptions<string> = {}) {
  const { answer, errors } = await doShelf(app.as('admin'), ({ records }) =>
    records.upsertMany(
      'Book',
      books.map((book) => ({ ...book })),
      options,
    ),
  )
  expect(errors).toEqual([])
  return listAt({ answer }, 'answer')
}

const outcomes = (rows: readonly unknown[]) => rows.map((row) => at(row, 'outcome'))

describe('an upsert by a plugin', () => {
  it('creates a new record, updates a record that has other values, and leaves a record that has these values unchanged', async () => {
    const { answer } = await doShelf(app.as('admin'), async ({ records }) => [
      await records.upsert('Book', bookOf('one')),
      await records.upsert('Book', bookOf('one')),
      await records.upsert('Book', bookOf('one', { title: 'Renamed' })),
      await records.upsert('Book', bookOf('one', { library: 'campus' })),
    ])
    const rows = listAt({ answer }, 'answer')
    expect(outcomes(rows)).toEqual(['CREATED', 'UNCHANGED', 'UPDATED', 'CREATED'])
    expect(new Set(rows.map((row) => at(row, 'id'))).size).toBe(2)
    expect(await booksOf(app.as('admin'), 'one')).toMatchObject([
      { title: 'Renamed', version: 2 },
      { title: 'Book one', version: 1 },
    ])
  })

  it('keeps the newest values, in whatever order values arrive, when `isNewer` compares their times', async () => {
    const events = [3, 1, 4, 2].map((number) => bookOf('order', { title: `Day ${number}`, changedAt: day(number) }))
    expect(outcomes(await tell(events, newest))).toEqual(['CREATED', 'UNCHANGED', 'UPDATED', 'UNCHANGED'])
    expect(outcomes(await tell(events.toReversed(), newest))).toEqual(Array(4).fill('UNCHANGED'))
    expect(await booksOf(app.as('admin'), 'order')).toMatchObject([{ title: 'Day 4', version: 2, changedAt: day(4) }])
  })

  it('passes new and stored values to `isNewer` and `amend`, and writes the values that `amend` returns', async () => {
    await tell([bookOf('amended', { price: '9.5' })])
    const seen: unknown[] = []
    const [row] = await tell([bookOf('amended', { title: ' New title ', price: '8', changedAt: day(2) })], {
      isNewer: (told, known) => seen.push(told, known) > 0,
      amend: (_told, known) => ({ price: known['price'], changedAt: undefined }),
    })
    expect(seen).toMatchObject([
      { title: 'New title', price: '8', changedAt: new Date(day(2)) },
      { title: 'Book amended', price: '9.5000', changedAt: new Date(day(1)), status: 'FREE' },
    ])
    expect(seen[1]).not.toHaveProperty('workspaceId')
    expect(at(row, 'outcome')).toBe('UPDATED')
    expect(await booksOf(app.as('admin'), 'amended')).toMatchObject([{ title: 'New title', changedAt: day(1) }])
  })

  it('neither changes nor restores a deleted record', async () => {
    const [row] = await tell([bookOf('gone')])
    await app.as('admin').must('mutation($id: ID!) { deleteBook(input: { id: $id }) { userErrors { message } } }', {
      id: at(await booksOf(app.as('admin'), 'gone'), '0.id'),
    })
    expect(at(row, 'outcome')).toBe('CREATED')
    expect(await tell([bookOf('gone', { title: 'Back' })])).toEqual([
      { id: null, outcome: 'UNCHANGED', userErrors: [] },
    ])
    expect(await booksOf(app.as('admin'), 'gone')).toEqual([])
  })

  it('returns the user errors of each refused record, with the path to the field in the input', async () => {
    await tell([bookOf('first', { isbn: 'taken' })])
    const { number: _number, ...unnamed } = bookOf('x')
    const books = [
      bookOf('fine'),
      bookOf('refused', { title: 'Forbidden' }),
      bookOf('twin', { isbn: 'taken' }),
      { ...unnamed, number: '' },
      bookOf('first', { title: 'Forbidden' }),
      bookOf('fine too'),
    ]
    const rows = await tell(books, { path: ['input', 'books'] })
    expect(outcomes(rows)).toEqual(['CREATED', 'UNCHANGED', 'UNCHANGED', 'UNCHANGED', 'UNCHANGED', 'CREATED'])
    expect(rows.map((row) => at(row, 'userErrors.0.path'))).toEqual([
      undefined,
      ['input', 'books', '1', 'title'],
      ['input', 'books', '2', 'isbn'],
      ['input', 'books', '3', 'number'],
      ['input', 'books', '4', 'title'],
      undefined,
    ])
    expect(at(rows[2], 'userErrors.0.code')).toBe('DUPLICATE')
    const { answer } = await doShelf(app.as('admin'), ({ records }) =>
      records.upsert('Book', bookOf('alone', { title: 'Forbidden' })),
    )
    expect(at(answer, 'userErrors.0.path')).toEqual(['input', 'title'])
  })

  it('of 200 new records sends no more SQL statements than an upsert of one record', async () => {
    const count = async (books: readonly object[]) => {
      app.resetStatements()
      await tell(books)
      return app.statements.length
    }
    const many = Array.from({ length: 200 }, (_, index) => bookOf(`many ${index}`))
    expect(await count(many)).toBe(await count([bookOf('single')]))
    app.resetStatements()
    await tell(many, newest)
    expect(app.statements.filter((text) => text.includes('shelf_books'))).toHaveLength(1)
  })

  it('that runs in eight transactions at once creates each record once, and the newest values remain', async () => {
    const told = (index: number) => [
      bookOf('race', { title: `Told ${index}`, changedAt: day(index + 1) }),
      ...(index % 2 === 0 ? [bookOf('race 2', { changedAt: day(index + 1) })] : []),
    ]
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, index) => tell(index % 3 === 0 ? told(index).toReversed() : told(index), newest)),
    )
    expect(all.flat().flatMap((row) => listAt(row, 'userErrors'))).toEqual([])
    expect(outcomes(all.flat()).filter((outcome) => outcome === 'CREATED')).toHaveLength(2)
    expect(await booksOf(app.as('admin'), 'race')).toMatchObject([{ title: 'Told 7', changedAt: day(8) }])
  })

  it('waits for another open transaction that has created the record, and then updates the record', async () => {
    const gate = Promise.withResolvers<void>()
    const made = Promise.withResolvers<void>()
    const slow = doShelf(app.as('admin'), async ({ records }) => {
      const row = await records.upsert('Book', bookOf('slow', { title: 'First' }))
      made.resolve()
      await gate.promise
      return row
    })
    await made.promise
    const fast = tell([bookOf('slow', { title: 'Second' })])
    setTimeout(gate.resolve, 100)
    expect(at((await slow).answer, 'outcome')).toBe('CREATED')
    expect(outcomes(await fast)).toEqual(['UPDATED'])
    expect(await booksOf(app.as('admin'), 'slow')).toMatchObject([{ title: 'Second', version: 2 }])
  })

  it('does not find a record of another workspace, and creates a new record', async () => {
    await tell([bookOf('apart')])
    const { answer } = await doShelf(app.as('admin', 'globex'), ({ records }) =>
      records.upsert('Book', bookOf('apart')),
    )
    expect(at(answer, 'outcome')).toBe('CREATED')
  })

  it.each<[string, (context: PluginContext) => Promise<unknown>, string]>([
    [
      'for an object without a unique index',
      ({ records }) => records.upsert('Account', { name: 'A' }),
      'PLUGIN_FAILED',
    ],
    [
      'with an unknown field in `by`',
      ({ records }) => records.upsert('Book', bookOf('x'), { by: ['x'] }),
      'PLUGIN_FAILED',
    ],
    [
      'with more than 1,000 records',
      ({ records }) => records.upsertMany('Book', Array(1_001).fill(bookOf('x'))),
      'PLUGIN_FAILED',
    ],
    [
      "without the permission in the plugin's manifest",
      ({ records }) => records.upsert('Contact', { lastName: 'X' }),
      'FORBIDDEN',
    ],
  ])('fails %s', async (_name, deed, code) => {
    const { errors } = await doShelf(app.as('admin'), deed)
    expect(errors[0]?.extensions).toMatchObject({ code, plugin: 'shelf' })
  })

  it('is forbidden for callers who may only read', async () => {
    const { errors } = await doShelf(app.as('reader'), ({ records }) => records.upsert('Book', bookOf('no')))
    expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('`records.createMany`', () => {
  it('creates the records that no rule refuses, with one SQL insert statement for all of them', async () => {
    const titles = ['One', 'Forbidden', 'Two']
    const inputs = titles.map((title) => bookOf(`created ${title}`, { title }))
    const { answer } = await doShelf(app.as('admin'), ({ records }) => records.createMany('Book', inputs))
    expect(listAt({ answer }, 'answer').map((row) => at(row, 'userErrors.0.path'))).toEqual([
      undefined,
      ['input', '1', 'title'],
      undefined,
    ])
    app.resetStatements()
    const many = Array.from({ length: 100 }, (_, index) => bookOf(`bulk ${index}`))
    await doShelf(app.as('admin'), ({ records }) => records.createMany('Book', many))
    expect(app.statements.filter((text) => text.startsWith('insert into "shelf_books"'))).toHaveLength(1)
    expect((await doShelf(app.as('admin'), ({ records }) => records.createMany('Book', []))).answer).toEqual([])
  })
})
