import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount } from '../../support/records.ts'
import { activationOf, forgetStrikes } from '../guarded-plugin.ts'
import { bookOf, booksOf, doShelf, SHELF, shelf } from '../shelf/plugin.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: shelf, directory: SHELF }] })
})
afterEach(() => forgetStrikes(app))
afterAll(() => app.close())

const NOBODY = '00000000-0000-0000-0000-000000000000'

describe('ids that a plugin gets from a client', () => {
  it.each([
    ['malformed', 'nonsense'],
    ['empty', ''],
    ['of another object', encodeId('account', NOBODY)],
    ['of no record', encodeId('book', NOBODY)],
  ])('find no record and count no strike when they are %s', async (_name, id) => {
    const { answer, errors } = await doShelf(app.as('admin'), async ({ records }) => ({
      get: await records.get('Book', id),
      find: await records.find('Book', { ids: [id] }),
      filter: await records.find('Book', { filter: { id: { in: [id] } } }),
      update: await records.update('Book', id, { title: 'X' }),
      patch: await records.patch('Book', id, { status: 'LENT' }),
      create: await records.create('Account', { name: 'X', parentId: id }),
    }))
    expect(errors).toEqual([])
    const missing = { id: null, userErrors: [{ code: 'NOT_FOUND' }] }
    expect(answer).toMatchObject({ get: null, find: [], filter: [], update: missing, patch: missing, create: missing })
    expect(await activationOf(app, app.as('admin'), 'shelf')).toMatchObject({ strikes: 0 })
  })

  it('find the record of the valid id among invalid ids', async () => {
    const { answer } = await doShelf(app.as('admin'), async ({ records }) => {
      const { id } = await records.create('Book', bookOf('found'))
      return records.find('Book', { ids: ['nonsense', id ?? '', encodeId('account', NOBODY)] })
    })
    expect(answer).toMatchObject([{ number: 'found' }])
  })
})

describe('`records.patch`', () => {
  const make = async (number: string) => {
    const { answer } = await doShelf(app.as('admin'), ({ records }) => records.create('Book', bookOf(number)))
    return String(at(answer, 'id'))
  }

  it('updates a field that clients cannot write, runs the rules and adds a change to the log', async () => {
    const id = await make('patched')
    const before = (await app.database.ownerPool.query('select 1 from changes')).rowCount ?? 0
    const { answer } = await doShelf(app.as('admin'), ({ records }) => records.patch('Book', id, { status: 'LENT' }))
    expect(answer).toEqual({ id, userErrors: [] })
    expect(await booksOf(app.as('admin'), 'patched')).toMatchObject([{ status: 'LENT', version: 2 }])
    expect((await app.database.ownerPool.query('select 1 from changes')).rowCount).toBe(before + 1)
    const refused = await doShelf(app.as('admin'), ({ records }) => records.patch('Book', id, { title: 'Forbidden' }))
    expect(at(refused.answer, 'userErrors.0.code')).toBe('NO')
    const hidden = await app
      .as('admin')
      .query('mutation { updateBook(input: { id: "x", version: 1, status: LENT }) { userErrors { code } } }')
    expect(hidden.errors[0]?.message).toContain('status')
  })

  it('is refused with STALE_VERSION when the record has a newer version than the plugin names', async () => {
    const id = await make('stale')
    const { answer } = await doShelf(app.as('admin'), async ({ records }) => [
      await records.patch('Book', id, { status: 'LENT' }, 1),
      await records.patch('Book', id, { status: 'FREE' }, 1),
    ])
    expect(answer).toMatchObject([
      { id, userErrors: [] },
      { id: null, userErrors: [{ code: 'STALE_VERSION', currentVersion: 2 }] },
    ])
    expect(await booksOf(app.as('admin'), 'stale')).toMatchObject([{ status: 'LENT', version: 2 }])
  })

  it('is refused for a record of core, the column `version`, an invalid value and a caller without permission', async () => {
    const account = await addAccount(app.as('admin'), { name: 'Theirs' })
    const id = await make('own')
    for (const [object, of, columns] of [
      ['Account', account.id, { name: 'Mine' }],
      ['Book', id, { version: 9 }],
      ['Book', id, { status: 'EATEN' }],
    ] as const) {
      const { errors } = await doShelf(app.as('admin'), ({ records }) => records.patch(object, of, columns))
      expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED', plugin: 'shelf' })
    }
    await forgetStrikes(app)
    const { errors } = await doShelf(app.as('reader'), ({ records }) => records.patch('Book', id, { status: 'LENT' }))
    expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('the context of a plugin', () => {
  it('has the function `can`, which is true for permissions that both the caller and the plugin have', async () => {
    const may = async (role: 'admin' | 'reader') => {
      const { answer } = await doShelf(app.as(role), async ({ can }) => [
        can('book:read'),
        can('book:update'),
        can('contact:read'),
      ])
      return answer
    }
    expect(await may('admin')).toEqual([true, true, false])
    expect(await may('reader')).toEqual([true, false, false])
  })

  it('has the function `newId`, which creates ids that sort by time', async () => {
    const { answer } = await doShelf(app.as('admin'), async ({ newId }) => [newId(), newId(), newId()])
    const ids = [0, 1, 2].map((index) => String(at({ answer }, `answer.${index}`)))
    expect(ids).toEqual(ids.toSorted())
    expect(new Set(ids).size).toBe(3)
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  })
})
