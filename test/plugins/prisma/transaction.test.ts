import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { runJobNow } from '../../../src/platform/jobs/run-job.ts'
import { deliverAll } from '../../../src/platform/plugins/background/deliver-all.ts'
import { sql } from '../../../src/plugin.ts'
import { at } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { backgroundOf } from '../background/shipping.ts'
import { forgetStrikes } from '../guarded-plugin.ts'
import {
  askTally,
  codesOf,
  createAccountWith,
  createEntry,
  type Deed,
  deedNamed,
  doTally,
  modelOf,
  TALLY,
  tally,
} from '../tally/plugin.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: tally, directory: TALLY }] })
})
afterEach(() => forgetStrikes(app))
afterAll(() => app.close())

/** Returns a function that resolves when it has been called a number of times. */
function meetingOf(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let arrived = 0
  return () => {
    arrived++
    if (arrived >= count) resolve()
    return promise
  }
}

describe('`prisma` in an operation', () => {
  it('sees what `records` and SQL have written in the transaction, and they see what it has written', async () => {
    const { answer, errors } = await doTally(app.as('admin'), async (context) => {
      const { prisma, records, transaction, newId } = context
      const { id } = await records.create('Account', { name: 'Just written' })
      await transaction.query(
        sql`insert into tally_entries (workspace_id, id, code) values (${transaction.workspaceId}::uuid, ${newId()}::uuid, 'by sql')`,
      )
      await createEntry(context, 'by prisma')
      const written = await prisma.account.findFirst({ where: { id: id ?? '' }, select: { name: true } })
      await records.update('Account', id ?? '', { name: 'Renamed' })
      return {
        names: [written?.name, (await prisma.account.findFirst({ where: { id: id ?? '' } }))?.name],
        byPrisma: await modelOf(prisma).findMany({ where: { code: { startsWith: 'by ' } }, orderBy: { code: 'asc' } }),
        bySql: await transaction.query(
          sql`select code from tally_entries where workspace_id = ${transaction.workspaceId}::uuid and code like 'by %' order by code`,
        ),
      }
    })
    expect(errors).toEqual([])
    expect(answer).toMatchObject({
      names: ['Just written', 'Renamed'],
      byPrisma: [{ code: 'by prisma', count: 0 }, { code: 'by sql' }],
      bySql: [{ code: 'by prisma' }, { code: 'by sql' }],
    })
    expect(await codesOf(app, 'by ')).toEqual(['by prisma', 'by sql'])
  })

  it('writes nothing when the operation throws, or returns a user error', async () => {
    const thrown = await doTally(app.as('admin'), async (context) => {
      await createEntry(context, 'lost 1')
      throw new Error('Oh no.')
    })
    expect(thrown.errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED' })
    const refused = await doTally(app.as('admin'), (context) => createEntry(context, 'lost 2'), true)
    expect(refused.errors).toEqual([])
    expect(await codesOf(app, 'lost')).toEqual([])
  })

  it('runs calls that are made at the same time, in one transaction', async () => {
    const { answer, errors } = await doTally(app.as('admin'), async (context) => {
      const entries = modelOf(context.prisma)
      const numbers = Array.from({ length: 20 }, (_, index) => index)
      const made = await Promise.all([
        ...numbers.map((number) => createEntry(context, `parallel ${String(number).padStart(2, '0')}`)),
        context.prisma.account.count(),
        context.transaction.query(sql`select 1`),
      ])
      const found = await Promise.all(
        numbers.map((number) =>
          entries.findUnique({
            where: {
              workspaceId_code: {
                workspaceId: context.transaction.workspaceId,
                code: `parallel ${String(number).padStart(2, '0')}`,
              },
            },
          }),
        ),
      )
      return { made: made.length, found: found.map((entry) => entry?.code) }
    })
    expect(errors).toEqual([])
    expect(at(answer, 'made')).toBe(22)
    expect(at(answer, 'found')).toEqual(await codesOf(app, 'parallel'))
  })

  it('creates rows with rows that belong to them, and updates and deletes rows', async () => {
    const { answer, errors } = await doTally(app.as('admin'), async ({ prisma, transaction, newId }) => {
      const { workspaceId } = transaction
      const entries = modelOf(prisma)
      const id = newId()
      await entries.create({
        data: { workspaceId, id, code: 'whole', TallyMark_entry: { create: [{ id: newId(), note: 'one' }] } },
      })
      await entries.createMany({ data: [1, 2].map((number) => ({ workspaceId, id: newId(), code: `many ${number}` })) })
      const { count } = await entries.update({
        where: { workspaceId_id: { workspaceId, id } },
        data: { count: { increment: 3 } },
      })
      const deleted = await entries.deleteMany({ where: { code: { startsWith: 'many' } } })
      const found = await entries.findMany({ where: { id }, include: { TallyMark_entry: { select: { note: true } } } })
      return { count, deleted, found }
    })
    expect(errors).toEqual([])
    expect(answer).toMatchObject({
      count: 3,
      deleted: { count: 2 },
      found: [{ code: 'whole', count: 3, TallyMark_entry: [{ note: 'one' }] }],
    })
  })
})

describe('`prisma` in two workspaces', () => {
  it('finds each record in its own workspace only, also when both ask in the same moment', async () => {
    const ids: Record<string, string> = {}
    for (const workspace of ['acme', 'globex'] as const) {
      const { answer } = await doTally(app.as('admin', workspace), ({ records }) =>
        records.create('Account', { name: `Of ${workspace}` }),
      )
      ids[workspace] = String(at(answer, 'id'))
    }
    for (let round = 0; round < 5; round++) {
      const meet = meetingOf(2)
      const ask = (workspace: 'acme' | 'globex') =>
        askTally(app.as('admin', workspace), async ({ prisma, transaction: { workspaceId } }) => {
          // Both transactions are open, and both have joined Prisma Client.
          await prisma.account.count()
          await meet()
          const found = await Promise.all(
            ['acme', 'globex'].map((each) =>
              prisma.account.findUnique({ where: { workspaceId_id: { workspaceId, id: ids[each] ?? '' } } }),
            ),
          )
          return found.map((account) => account?.name ?? null)
        })
      const [acme, globex] = await Promise.all([ask('acme'), ask('globex')])
      expect([acme?.answer, globex?.answer]).toEqual([
        ['Of acme', null],
        [null, 'Of globex'],
      ])
    }
  })

  it('does not find a record of the other workspace by the id of that workspace', async () => {
    const other = app.as('admin', 'globex').actor.workspaceId
    const { answer } = await askTally(app.as('admin'), async ({ prisma }) => [
      await prisma.account.findMany({ where: { workspaceId: other } }),
      await modelOf(prisma).findMany({ where: { workspaceId: other } }),
    ])
    expect(answer).toEqual([[], []])
  })

  it('is refused to insert a row for the other workspace, by the database', async () => {
    const other = app.as('admin', 'globex').actor.workspaceId
    const { errors } = await doTally(app.as('admin'), ({ prisma, newId }) =>
      modelOf(prisma).create({ data: { workspaceId: other, id: newId(), code: 'foreign' } }),
    )
    expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED', plugin: 'tally' })
    expect(await codesOf(app, 'foreign', 'globex')).toEqual([])
  })
})

describe('`prisma` in the other parts of a plugin', () => {
  it('reads and writes in a rule after the write, in a handler and in a job', async () => {
    const ruled = await createAccountWith(app.as('admin'), 'after', async (context) => {
      const [account] = await context.prisma.account.findMany({ where: { name: { startsWith: 'after deed' } } })
      if (account) await createEntry(context, 'part: rule')
    })
    expect(ruled).toMatchObject({ account: { id: expect.any(String) }, errors: [] })
    const heard = deedNamed((context) => createEntry(context, 'part: handler'))
    await app
      .as('admin')
      .must(
        'mutation ($description: String!) { createAccount(input: { name: "Heard", description: $description }) { account { id } } }',
        { description: heard },
      )
    await deliverAll(backgroundOf(app))
    await runJobNow(backgroundOf(app), app.as('admin').actor.workspaceId, 'tally.work', {
      deed: deedNamed((context) => createEntry(context, 'part: job')),
    })
    expect(await codesOf(app, 'part:')).toEqual(['part: handler', 'part: job', 'part: rule'])
  })

  it('is refused to write in a rule before the write, and in a query', async () => {
    const reasons: string[] = []
    const write: Deed = (context) =>
      createEntry(context, 'refused').catch((error: Error) => {
        reasons.push(error.message)
        throw error
      })
    for (const { errors } of [
      await createAccountWith(app.as('admin'), 'before', write),
      await askTally(app.as('admin'), write),
    ])
      expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED', plugin: 'tally' })
    expect(reasons).toEqual([
      "tally.before can't write, because it runs before a write. Write in `after`.",
      'cannot execute INSERT in a read-only transaction',
    ])
    expect(await codesOf(app, 'refused')).toEqual([])
  })

  it('reads in a rule before the write', async () => {
    const { account, errors } = await createAccountWith(app.as('admin'), 'before', ({ prisma }) =>
      prisma.account.count(),
    )
    expect([errors, at(account, 'id')]).toEqual([[], expect.any(String)])
  })
})
