import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { definePlugin } from '../../../src/platform/declare/plugin.ts'
import { defineQuery } from '../../../src/platform/declare/query.ts'
import { textAt } from '../../../src/testing/answers.ts'
import { HOMES, homes } from '../../plugins/homes/plugin.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

/** The plugin homes, with a query that calls Prisma and returns the message of the error. */
const caller = definePlugin({
  ...homes,
  permissions: ['*:*'],
  queries: [
    defineQuery({
      name: 'homesPrisma',
      description: 'Calls a function of Prisma; the message of its error, or its result as JSON.',
      permission: 'plugin:read',
      args: {
        model: { type: 'String', isRequired: true, description: 'The model.' },
        name: { type: 'String', isRequired: true, description: 'The function.' },
        args: { type: 'String', isRequired: true, description: 'The arguments, as JSON.' },
      },
      answer: { type: 'String' as const },
      async run({ model, name, args }, { prisma }) {
        const functions = Reflect.get(prisma, String(model))
        if (functions === undefined) return `There is no ${model}.`
        const call = Reflect.get(Object(functions), String(name))
        if (call === undefined) return `There is no ${model}.${name}.`
        try {
          return JSON.stringify(await call(JSON.parse(String(args))))
        } catch (error) {
          return String(error)
        }
      },
    }),
  ],
})

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: caller, directory: HOMES }] })
})
afterAll(() => app.close())

async function tried(model: string, name: string, args: unknown = {}): Promise<string> {
  const data = await app
    .as('admin')
    .must(
      'query ($model: String!, $name: String!, $args: String!) { homesPrisma(model: $model, name: $name, args: $args) }',
      {
        model,
        name,
        args: JSON.stringify(args),
      },
    )
  return textAt(data, 'homesPrisma')
}

/** Models of core of whose tables the API shows nothing, or which it shows in a way that Prisma can't. */
const NOT_SHOWN = [
  ...[
    'ActorIdentity',
    'Password',
    'RefreshToken',
    'LeadScoreEntry',
    'LeadAssignmentTurn',
    'LeadConfirmation',
    'OpportunityPeriod',
    'Change',
    'AuditEntry',
    'AuditSeal',
    'IdempotencyKey',
    'Export',
    'AddressKey',
    'SigningKey',
    'RecordNumber',
  ],
  ...['InstalledPlugin', 'PluginActivation', 'PluginHandler', 'PluginDeadLetter', 'PluginJobRun', 'QuoteApprover'],
]

describe('Prisma in a plugin refuses', () => {
  it('to read a table that the API does not show, such as the log, and reads all others', async () => {
    const { models } = app.host.runtimeFor(['homes']).registry.models
    const refused: string[] = []
    for (const model of models.keys()) {
      const name = model.charAt(0).toLowerCase() + model.slice(1)
      for (const [call, args] of [
        ['findFirst', {}],
        ['count', {}],
      ] as const) {
        const text = await tried(name, call, args)
        if (text.includes(`${model} is not shown by the API, so Prisma can't read it for homes.`)) refused.push(model)
        else expect([model, JSON.parse(text) === undefined]).toEqual([model, false])
      }
    }
    expect([...new Set(refused)]).toEqual(NOT_SHOWN)
    expect(refused.length).toBe(2 * NOT_SHOWN.length)
  })

  it('to read such a table as a relation, in a condition and in an order', async () => {
    for (const args of [
      { include: { Change_actor: true } },
      { select: { Password_actor: true } },
      { select: { _count: { select: { AuditEntry_actor: true } } } },
      { where: { Password_actor: { is: { hash: { contains: 'a' } } } } },
      { where: { ActorIdentity_actor: { some: {} } } },
      { orderBy: { Password_actor: { failedCount: 'asc' } } },
      { orderBy: { Change_actor: { _count: 'asc' } } },
    ])
      expect([args, await tried('actor', 'findMany', args)]).toEqual([
        args,
        expect.stringContaining('is not shown by the API'),
      ])
  })

  it('to write records of the API, its own or those of others', async () => {
    const id = '00000000-0000-7000-8000-000000000001'
    const { workspaceId, id: createdById } = app.as('admin').actor
    const account = { workspaceId, id, name: 'Written', createdById, updatedById: createdById }
    const household = { ...account, name: 'Written' }
    const where = { workspaceId_id: { workspaceId, id } }
    for (const [name, args] of [
      ['create', { data: account }],
      ['createMany', { data: [account] }],
      ['updateMany', { data: { name: 'Written' } }],
      ['deleteMany', {}],
      ['upsert', { where, create: account, update: {} }],
    ] as const)
      expect([name, await tried('account', name, args)]).toEqual([
        name,
        expect.stringContaining('Account belongs to core, so Prisma can'),
      ])
    for (const [name, args] of [
      ['create', { data: household }],
      ['updateMany', { data: { name: 'Written' } }],
      ['deleteMany', {}],
    ] as const)
      expect([name, await tried('household', name, args)]).toEqual([
        name,
        expect.stringContaining('Household holds records of the API'),
      ])
    const data = await app.as('admin').must('{ accounts { totalCount } households { totalCount } }')
    expect(data).toEqual({ accounts: { totalCount: 0 }, households: { totalCount: 0 } })
  })

  it('everything that would leave the transaction or is no call of a model', async () => {
    for (const name of [
      '$queryRaw',
      '$queryRawUnsafe',
      '$executeRaw',
      '$executeRawUnsafe',
      '$transaction',
      '$extends',
      '$connect',
    ])
      expect(await tried(name, 'call')).toBe(`There is no ${name}.`)
    for (const name of ['findRaw', 'aggregateRaw', '$queryRaw', 'constructor'])
      expect(await tried('account', name)).toBe(`There is no account.${name}.`)
  })
})
