import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mustSucceed, type RecordWrite } from '../../../src/plugin.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { bookOf, booksOf, doShelf, SHELF, shelf } from '../shelf/plugin.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: shelf, directory: SHELF }] })
})
afterAll(() => app.close())

describe('mustSucceed', () => {
  it('returns the outcome of a write, or of several, with their ids', async () => {
    const { answer } = await doShelf(app.as('admin'), async ({ records }) => [
      mustSucceed(await records.create('Book', bookOf('one'))).id.length,
      mustSucceed(await records.createMany('Book', [bookOf('two'), bookOf('three')])).map(({ id }) => id.length),
      mustSucceed(await records.upsert('Book', bookOf('one', { title: 'New' }))).outcome,
      mustSucceed([]),
    ])
    expect(answer).toEqual([36, [36, 36], 'UPDATED', []])
  })

  it('throws for a refused write, with the code, the path and the message of each user error, and nothing is written', async () => {
    const thrown: unknown[] = []
    const { errors } = await doShelf(app.as('admin'), async ({ records }) => {
      mustSucceed(await records.create('Book', bookOf('before')))
      const written = await records.createMany('Book', [
        bookOf('x', { title: 'Forbidden' }),
        bookOf('y'),
        bookOf('z', { title: 'Forbidden' }),
      ])
      try {
        mustSucceed(written)
      } catch (error) {
        thrown.push(error)
        throw error
      }
    })
    expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED' })
    expect(thrown).toMatchObject([
      {
        message: 'A write was refused. NO at input.0.title: No. NO at input.2.title: No.',
        cause: [{ code: 'NO' }, { code: 'NO' }],
      },
    ])
    expect(await booksOf(app.as('admin'), 'before')).toEqual([])
  })

  it('throws when an upsert has found a soft-deleted record, and names ten of many errors', async () => {
    const { answer } = await doShelf(app.as('admin'), async ({ records }) => {
      const { id } = mustSucceed(await records.create('Book', bookOf('gone')))
      mustSucceed(await records.delete('Book', id))
      return messageOf(await records.upsert('Book', bookOf('gone', { title: 'Back' })))
    })
    expect(answer).toBe('The record was not written: it is soft-deleted. Restore it, or leave it out.')
    const userErrors = Array.from({ length: 12 }, () => ({ typename: 'X', code: 'X', message: 'Bad.', path: null }))
    expect(messageOf({ id: null, userErrors })).toBe(`A write was refused. ${'X: Bad. '.repeat(10)}And 2 more.`)
  })
})

function messageOf(written: RecordWrite): string | null {
  try {
    mustSucceed(written)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
