import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../../src/plugin.ts'
import { at } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { activationOf, forgetStrikes } from '../guarded-plugin.ts'
import { bookOf, doShelf, SHELF, shelf } from '../shelf/plugin.ts'
import { codesOf, createEntry, type Deed, doTally, modelOf, TALLY, tally } from '../tally/plugin.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({
    plugins: [
      { plugin: tally, directory: TALLY },
      { plugin: shelf, directory: SHELF },
    ],
  })
})
afterEach(() => forgetStrikes(app))
afterAll(() => app.close())

/** Inserts a row as `createEntry` does, by SQL. */
const insertEntry = ({ transaction, newId }: Parameters<Deed>[0], code: string) =>
  transaction.query(
    sql`insert into tally_entries (workspace_id, id, code) values (${transaction.workspaceId}::uuid, ${newId()}::uuid, ${code})`,
  )

/** Message of the error of a call, which has to fail. */
const messageOf = (call: Promise<unknown>) =>
  call.then(
    () => 'It did not fail.',
    (error: Error) => error.message,
  )

describe('a unique violation of a statement of Prisma', () => {
  it('runs the operation a second time, and reaches the client as the one of an SQL statement does', async () => {
    await doTally(app.as('admin'), (context) => createEntry(context, 'taken'))
    const outcomes = []
    for (const insert of [createEntry, insertEntry]) {
      let runs = 0
      const { answer, userErrors, errors } = await doTally(app.as('admin'), async (context) => {
        runs++
        await createEntry(context, `beside taken ${runs}`)
        await insert(context, 'taken')
      })
      outcomes.push({ runs, answer, userErrors, errors })
    }
    const [byPrisma, bySql] = outcomes
    expect(byPrisma).toMatchObject({ runs: 2, answer: null, userErrors: [{ code: 'DUPLICATE' }], errors: [] })
    expect(byPrisma).toEqual(bySql)
    expect(await codesOf(app, 'beside')).toEqual([])
    expect(await activationOf(app, app.as('admin'), 'tally')).toMatchObject({ strikes: 0 })
  })

  it('is repaired by the second run when another transaction has written the value meanwhile', async () => {
    let runs = 0
    const { answer, errors } = await doTally(app.as('admin'), async (context) => {
      const { workspaceId } = context.transaction
      const where = { workspaceId_code: { workspaceId, code: 'raced' } }
      const existing = await modelOf(context.prisma).findUnique({ where })
      if (runs++ === 0) await doTally(app.as('member'), (other) => createEntry(other, 'raced'))
      return existing ? 'found' : createEntry(context, 'raced')
    })
    expect([answer, errors, runs]).toEqual(['found', [], 2])
  })
})

describe('a deadlock between statements of Prisma of two transactions', () => {
  it('runs one of the operations again, and both are written', async () => {
    for (const code of ['lock 1', 'lock 2']) await doTally(app.as('admin'), (context) => createEntry(context, code))
    const { promise, resolve } = Promise.withResolvers<void>()
    let locked = 0
    let runs = 0
    const lockBoth = (codes: readonly string[]) =>
      doTally(app.as('admin'), async ({ prisma }) => {
        runs++
        const [first, second] = codes.map(
          (code) => () => modelOf(prisma).updateMany({ where: { code }, data: { count: { increment: 1 } } }),
        )
        await first?.()
        if (++locked === 2) resolve()
        await promise
        await second?.()
      })
    const answers = await Promise.all([lockBoth(['lock 1', 'lock 2']), lockBoth(['lock 2', 'lock 1'])])
    expect(answers.flatMap(({ errors }) => errors)).toEqual([])
    expect(runs).toBe(3)
    const { answer } = await doTally(app.as('admin'), ({ prisma }) =>
      modelOf(prisma).findMany({ where: { code: { startsWith: 'lock' } } }),
    )
    expect(answer).toMatchObject([{ count: 2 }, { count: 2 }])
  })
})

describe('an error of PostgreSQL that the code of a plugin catches', () => {
  it('still prevents the commit, and no later statement is sent', async () => {
    await doTally(app.as('admin'), (context) => createEntry(context, 'caught: first'))
    const later: string[] = []
    const { answer, userErrors } = await doTally(app.as('admin'), async (context) => {
      await createEntry(context, 'caught: beside')
      await createEntry(context, 'caught: first').catch(() => undefined)
      later.push(await messageOf(createEntry(context, 'caught: later')))
      return 'fine'
    })
    expect([answer, userErrors]).toMatchObject([null, [{ code: 'DUPLICATE' }]])
    expect(later[0]).toContain('duplicate key')
    expect(await codesOf(app, 'caught')).toEqual(['caught: first'])
  })
})

describe('`prisma` that is used too late', () => {
  it.each(['used', 'unused'])('says that the transaction has ended, when it was %s before', async (state) => {
    const kept: { deed?: () => Promise<unknown> } = {}
    await doTally(app.as('admin'), async (context) => {
      if (state === 'used') await context.prisma.account.count()
      kept.deed = () => createEntry(context, 'too late')
    })
    expect(await messageOf(kept.deed?.() ?? Promise.resolve())).toBe(
      'The transaction has ended. Await every statement before its function returns.',
    )
    expect(await codesOf(app, 'too late')).toEqual([])
  })

  it('fails the operation that ends before its call, when the call has begun', async () => {
    const { errors } = await doTally(app.as('admin'), async (context) => {
      void createEntry(context, 'floating').catch(() => undefined)
    })
    expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED', plugin: 'tally' })
    expect(await codesOf(app, 'floating')).toEqual([])
  })

  it('sends nothing for a call that nobody awaits, as Prisma Client does', async () => {
    const { errors } = await doTally(app.as('admin'), async (context) => {
      void createEntry(context, 'never awaited')
    })
    expect(errors).toEqual([])
    expect(await codesOf(app, 'never awaited')).toEqual([])
  })
})

describe('a write by `prisma` of a table that holds records of the API', () => {
  it('is refused for core and for an own object, with what to do instead', async () => {
    const written: string[] = []
    await doShelf(app.as('admin'), async ({ prisma, records }) => {
      await records.create('Book', bookOf('untouched'))
      const book = modelOf(prisma, 'book')
      const account = modelOf(prisma, 'account')
      for (const model of [account, book]) {
        written.push(await messageOf(model.updateMany({ where: { version: 1 }, data: { version: 7 } })))
        written.push(await messageOf(model.deleteMany({ where: { version: 1 } })))
      }
    })
    const core =
      "Account belongs to core, so Prisma can't write it for shelf. Write records through `records`: then rules run, and the log has the write."
    const own =
      "Book holds records of the API, so Prisma can't write it. Use `records.create`, `update`, `patch` or `insert`: then rules run, and the log has the write."
    expect(written).toEqual([core, core, own, own])
    const { answer } = await doShelf(app.as('admin'), ({ prisma }) =>
      modelOf(prisma, 'book').findMany({ where: { version: 1 } }),
    )
    expect(answer).toMatchObject([{ number: 'untouched' }])
  })

  it('is refused for a table of another plugin, which can be read only as far as the API shows it', async () => {
    const messages: string[] = []
    await doTally(app.as('admin'), async ({ prisma }) => {
      messages.push(await messageOf(modelOf(prisma, 'book').deleteMany({ where: {} })))
    })
    await doShelf(app.as('admin'), async ({ prisma }) => {
      messages.push(await messageOf(modelOf(prisma).findMany()))
      messages.push(await messageOf(modelOf(prisma, 'signingKey').findMany()))
    })
    expect(messages).toEqual([
      "Book belongs to shelf, so Prisma can't write it for tally. Write records through `records`: then rules run, and the log has the write.",
      "TallyEntry is not shown by the API, so Prisma can't read it for shelf. Read it through an object of the API that has its values.",
      "SigningKey is not shown by the API, so Prisma can't read it for shelf. Read it through an object of the API that has its values.",
    ])
  })
})

describe('arguments that are not valid', () => {
  it('are refused by Prisma before a statement is sent, so that the transaction can go on', async () => {
    const messages: string[] = []
    const { answer, errors } = await doTally(app.as('admin'), async (context) => {
      messages.push(await messageOf(modelOf(context.prisma).findMany({ where: { nothing: 1 } })))
      return at(await createEntry(context, 'after a mistake'), 'code')
    })
    expect(messages[0]).toContain('Unknown argument `nothing`')
    expect([answer, errors]).toEqual(['after a mistake', []])
  })
})
