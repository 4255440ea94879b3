import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Model } from '../../../src/platform/data/models/models.ts'
import { definePlugin } from '../../../src/platform/declare/plugin.ts'
import { defineQuery } from '../../../src/platform/declare/query.ts'
import { decodeId } from '../../../src/platform/declare/record-id.ts'
import { at, textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount, setDeleted } from '../../support/records.ts'
import { addPeople, type Caller } from './data/callers.ts'
import { fillTables } from './data/fill.ts'
import { fence, RIGHTS } from './rights.ts'
import { rowKey, type StoredRow } from './shown/stored-rows.ts'

/** A plugin whose queries return what its code reads of an object by `records` and by `prisma`. */
const reader = definePlugin({
  id: 'reader',
  description: 'Reads records in two ways.',
  version: '1.0.0',
  api: '^1.0.0',
  permissions: ['*:*'],
  queries: [
    defineQuery({
      name: 'readerFinds',
      description: 'Records of an object, as JSON.',
      permission: 'plugin:read',
      args: { object: { type: 'String', isRequired: true, description: 'The object.' } },
      answer: { type: 'String' as const },
      run: async ({ object }, { records }) => JSON.stringify(await records.find(String(object), { first: 1_000 })),
    }),
    defineQuery({
      name: 'readerReads',
      description: 'Rows of a model, as JSON.',
      permission: 'plugin:read',
      args: { model: { type: 'String', isRequired: true, description: 'The model.' } },
      answer: { type: 'String' as const },
      async run({ model }, { prisma }) {
        const name = String(model)
        const { findMany } = Reflect.get(prisma, name.charAt(0).toLowerCase() + name.slice(1))
        return JSON.stringify(await findMany({ orderBy: { id: 'asc' } }))
      },
    }),
  ],
})

/** The callers of the other tests, who may also send the plugin's queries. */
const withQueries = Object.fromEntries(
  Object.entries(RIGHTS).map(([name, { permissions, keyScopes }]) => [
    name,
    {
      permissions: [...permissions, 'plugin:read'],
      ...(keyScopes ? { keyScopes: [...keyScopes, 'plugin:read'] } : {}),
    },
  ]),
)

let app: TestApp
let callers: readonly Caller[]
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: fence }, { plugin: reader }] })
  const people = await addPeople(app, withQueries)
  const { registry } = app.host.runtimeFor(['fence', 'reader'])
  await fillTables({
    ownerPool: app.database.ownerPool,
    registry,
    workspaceId: app.as('admin').actor.workspaceId,
    ...people,
  })
  callers = await people.callers()
})
afterAll(() => app.close())

async function read(caller: Caller, field: string, argument: string): Promise<readonly StoredRow[]> {
  const { data, errors } = await caller.client.query(`{ ${field}(${argument}) }`)
  // `find` refuses objects of which the caller may read no record; Prisma has no rows of them.
  if (field === 'readerFinds' && errors[0]?.extensions?.['code'] === 'FORBIDDEN') return []
  const rows: unknown = JSON.parse(textAt(data, field))
  if (!Array.isArray(rows)) throw new Error(`${field} returned no list.`)
  return rows
}

/** A value as both ways return it: `records` returns dates and decimals as text. */
function normalized(model: Model, name: string, value: unknown): unknown {
  const { type, isList } = model.columns.get(name) ?? {}
  // Prisma returns a hidden list as an empty one.
  if (value === null || value === undefined) return isList ? [] : null
  if (type === 'date') return String(value).slice(0, 10)
  return type === 'decimal' ? Number(value) : value
}

it('Prisma and `records.find` give a plugin the same rows and values of each object, for each caller', async () => {
  const { registry } = app.host.runtimeFor(['fence', 'reader'])
  const objects = [...registry.objects.values()].filter(({ name }) => name !== 'Change' && name !== 'AuditEntry')
  let count = 0
  for (const model of new Set(objects.map((object) => object.model)))
    for (const caller of callers) {
      // An actor is found as an actor and, with other fields, as a user or an API key.
      const found = new Map<string, StoredRow>()
      for (const { name } of objects.filter((object) => object.model === model))
        for (const row of await read(caller, 'readerFinds', `object: "${name}"`)) {
          const known = Object.entries(found.get(rowKey(model, row)) ?? {}).filter(([, value]) => value !== null)
          found.set(rowKey(model, row), { ...row, ...Object.fromEntries(known) })
        }
      const rows = await read(caller, 'readerReads', `model: "${model.name}"`)
      expect([caller.name, model.name, rows.map((row) => rowKey(model, row))]).toEqual([
        caller.name,
        model.name,
        [...found.keys()].sort(),
      ])
      for (const row of rows) {
        count++
        const record = found.get(rowKey(model, row)) ?? {}
        // `find` leaves these out of records for which no field publishes them.
        const { workspaceId, kind, ...values } = row
        const other = Object.keys(values).map((name) => [name, normalized(model, name, record[name])] as const)
        expect([caller.name, model.name, Object.fromEntries(other)]).toEqual([
          caller.name,
          model.name,
          Object.fromEntries(Object.keys(values).map((name) => [name, normalized(model, name, row[name])])),
        ])
      }
    }
  expect(count).toBeGreaterThan(1_000)
})

it('the id of a soft-deleted record stays in the records that refer to it, as the API shows the record by `includeDeleted`', async () => {
  const above = await addAccount(app.as('admin'), { name: 'Above' })
  const below = await addAccount(app.as('admin'), { name: 'Below', parentId: above.id })
  await setDeleted(app.as('admin'), 'delete', 'Account', above)
  for (const { name, ...caller } of callers) {
    const { data } = await caller.client.query(
      'query ($above: ID!, $below: ID!) { above: account(id: $above, includeDeleted: true) { id } below: account(id: $below) { id } }',
      { above: above.id, below: below.id },
    )
    const rows = await read({ name, ...caller }, 'readerReads', 'model: "Account"')
    expect(rows.some(({ id }) => id === decodeId(above.id)?.uuid)).toBe(false)
    const row = rows.find(({ id }) => id === decodeId(below.id)?.uuid)
    expect([name, row !== undefined]).toEqual([name, textOrNull(data, 'below.id') !== null])
    if (row?.['parentId']) expect([name, textOrNull(data, 'above.id')]).toEqual([name, above.id])
    if (name === 'everything') expect(row?.['parentId']).toBe(decodeId(above.id)?.uuid)
  }
})

function textOrNull(data: unknown, path: string): string | null {
  const text = at(data, path)
  return typeof text === 'string' ? text : null
}
