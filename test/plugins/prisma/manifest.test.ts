import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { activationOf, forgetStrikes } from '../guarded-plugin.ts'
import { askTally, type Deed, modelOf, TALLY, tally } from '../tally/plugin.ts'

const { permissions = [] } = tally

/** The permissions to read the objects whose records are actors. */
const USERS = 'actor:read or user:read or apiKey:read or pluginActor:read'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({
    plugins: [{ plugin: { ...tally, reads: ['contact_emails'] }, directory: TALLY }],
  })
  await app.as('admin').query('mutation { createAccount(input: { name: "One" }) { account { id } } }')
})
afterEach(() => forgetStrikes(app))
afterAll(() => app.close())

/** What the admin gets of a query whose code reads with Prisma, and why it failed in the log. */
async function ask(deed: Deed) {
  const { answer, errors } = await askTally(app.as('admin'), deed)
  return { answer, error: errors[0]?.message, code: errors[0]?.extensions?.['code'] }
}

const lacks = (what: string, permission: string) => ({
  answer: null,
  code: 'FORBIDDEN',
  error: `The plugin tally may not read ${what}: its permissions lack ${permission}.`,
})

describe('`prisma`, where the manifest lacks the permission to read,', () => {
  it.each<[string, Deed, string, string]>([
    ['an object', ({ prisma }) => prisma.task.findMany(), 'Task', 'task:read'],
    ['an object that is counted', ({ prisma }) => prisma.task.count(), 'Task', 'task:read'],
    [
      'the items of an object',
      ({ prisma }) => prisma.interactionRegarding.findMany(),
      'InteractionRegarding',
      'interaction:read',
    ],
    ['an object with another name than its model', ({ prisma }) => prisma.actor.findMany(), 'Actor', USERS],
    [
      'a relation of `select`',
      ({ prisma }) => prisma.account.findMany({ select: { owner: { select: { displayName: true } } } }),
      'Actor',
      USERS,
    ],
    ['a relation of `include`', ({ prisma }) => prisma.account.findMany({ include: { owner: true } }), 'Actor', USERS],
    [
      'a relation of `include`, of no row',
      ({ prisma }) => prisma.account.findMany({ where: { name: 'None' }, include: { owner: true } }),
      'Actor',
      USERS,
    ],
    [
      'a relation of `where`',
      ({ prisma }) => prisma.account.findMany({ where: { OR: [{ owner: { displayName: 'Ada' } }] } }),
      'Actor',
      USERS,
    ],
    [
      'a relation of `orderBy`',
      ({ prisma }) => prisma.account.findMany({ orderBy: { owner: { displayName: 'asc' } } }),
      'Actor',
      USERS,
    ],
    [
      'a relation of a relation',
      ({ prisma }) =>
        prisma.contact.findMany({
          select: { AccountContact_contact: { select: { account: { include: { owner: true } } } } },
        }),
      'Actor',
      USERS,
    ],
    [
      'a relation that `_count` counts',
      ({ prisma }) =>
        prisma.contact.findMany({ select: { _count: { select: { InteractionParticipant_contact: true } } } }),
      'InteractionParticipant',
      'interaction:read',
    ],
  ])('refuses %s', async (_, deed, model, permission) => {
    expect(await ask(deed)).toEqual(lacks(`${model} with Prisma`, permission))
    expect(await activationOf(app, app.as('admin'), 'tally')).toMatchObject({ strikes: 0 })
  })

  it('refuses nothing that the manifest has and only the caller lacks', async () => {
    const { answer, errors } = await askTally(await userWho(app, ['account:read']), async ({ prisma }) => [
      await prisma.contact.findMany({ include: { ContactEmail_contact: true } }),
      await prisma.account.count(),
    ])
    expect([answer, errors]).toEqual([[[], 1], []])
  })

  it("reads the plugin's own tables that hold no records", async () => {
    expect(await ask(({ prisma }) => modelOf(prisma).findMany())).toMatchObject({ answer: [] })
  })
})

describe('`unrestricted.prisma`', () => {
  it('refuses a table that neither `reads` nor the permissions name', async () => {
    const failures: string[] = []
    const messageOf: Deed = async ({ unrestricted: { prisma } }) => {
      const reads = [prisma.task.findMany(), prisma.account.findMany({ include: { owner: true } })]
      for (const read of reads) await read.catch((error: Error) => failures.push(error.message))
    }
    await ask(messageOf)
    expect(failures).toEqual([
      "The plugin tally may not read Task with `unrestricted.prisma`: the table tasks is not its own, and its manifest does not name it. To read all rows, add reads: ['tasks']; to read those that the caller may see, add task:read to its permissions.",
      expect.stringContaining(`add reads: ['actors']; to read those that the caller may see, add ${USERS} to`),
    ])
  })

  it('reads a table under `reads`, and what the permissions let the plugin read', async () => {
    expect(permissions).toContain('account:*')
    expect(
      await ask(async ({ unrestricted: { prisma } }) => [
        await prisma.contactEmail.count(),
        await prisma.account.count(),
        await modelOf(prisma).count(),
      ]),
    ).toMatchObject({ answer: [0, 1, 0] })
  })
})
