import { getNamedType, isInputObjectType, isObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, textAt, textsAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { logSettled } from '../support/log.ts'
import { addAccount } from '../support/records.ts'
import { rowCounts } from '../support/rows.ts'
import { openStream } from '../support/sse.ts'
import { addEach, ownIdFor, prefixOf } from './each-object.ts'
import { idPlaces } from './id-places.ts'

/**
 * Uses every field of the schema in `acme` with the ids of `globex`. The fields are taken from the schema, so that a
 * new field is tested without a new test.
 */
let app: TestApp
let own: Readonly<Record<string, string>>
let foreign: Readonly<Record<string, string>>

/** An id of the same type that does not exist. */
function nobody(id: string): string {
  return `${prefixOf(id)}_00000000000000000000000001`
}

beforeAll(async () => {
  app = await createTestApp({ signIn: { trustedIssuers: ['https://id.example'] } })
  own = await addEach(app, app.as('admin'))
  foreign = await addEach(app, app.as('admin', 'globex'))
})
afterAll(() => app.close())

describe('records of another workspace', () => {
  it('are not found by any query by id', async () => {
    const fields = Object.values(app.schema.getQueryType()?.getFields() ?? {})
    const byId = fields.filter(({ args }) => args.some(({ name }) => name === 'id' || name === 'ids'))
    expect(byId.length).toBeGreaterThan(8)
    for (const { name, args } of byId) {
      const isList = args.some(({ name }) => name === 'ids')
      const document = isList
        ? `query ($id: ID!) { ${name}(ids: [$id]) { __typename } }`
        : `query ($id: ID!) { ${name}(id: $id${args.some(({ name }) => name === 'includeDeleted') ? ', includeDeleted: true' : ''}) { __typename } }`
      for (const id of Object.values(foreign)) {
        expect([name, await app.as('admin').must(document, { id })]).toEqual([name, { [name]: isList ? [null] : null }])
      }
    }
  })

  it('are not listed, counted or found by a filter in any list', async () => {
    const ids = new Set(Object.values(foreign))
    const lists = Object.values(app.schema.getQueryType()?.getFields() ?? {}).filter(({ type }) =>
      getNamedType(type).name.endsWith('Connection'),
    )
    expect(lists.length).toBeGreaterThan(8)
    for (const { name, args, type } of lists) {
      const connection = getNamedType(type)
      const node = isObjectType(connection) ? getNamedType(connection.getFields()['nodes']?.type) : undefined
      const idField = name === 'changes' ? 'recordId' : 'id'
      if (!node) throw new Error(`${name} has no nodes.`)
      const deleted = args.some((arg) => arg.name === 'includeDeleted') ? ', includeDeleted: true' : ''
      const all = await app.as('admin').must(`{ ${name}(first: 200${deleted}) { totalCount nodes { ${idField} } } }`)
      const shown = textsAt(all, `${name}.nodes`, idField)
      expect([name, shown.filter((id) => ids.has(id))]).toEqual([name, []])
      expect([name, at(all, `${name}.totalCount`)]).toEqual([name, shown.length])
      const filter = args.find((arg) => arg.name === 'filter')
      const filterType = filter && getNamedType(filter.type)
      if (!isInputObjectType(filterType) || !filterType.getFields()['id']) continue
      for (const id of ids) {
        const found = await app
          .as('admin')
          .must(`query ($id: ID!) { ${name}(filter: { id: { equals: $id } }${deleted}) { totalCount } }`, { id })
        expect([name, at(found, `${name}.totalCount`)]).toEqual([name, 0])
      }
    }
  })

  it('get from every mutation the same error as an id that does not exist, and nothing is written', async () => {
    const places = idPlaces(app.schema, ownIdFor(app, own))
    expect(places.length).toBeGreaterThan(60)
    const before = await rowCounts(app.database.ownerPool)
    const globex = await fingerprint()
    const wrong: string[] = []
    for (const place of places) {
      const run = async (id: string) => {
        const document = `mutation ($input: ${place.inputType}) { ${place.field}(input: $input) { __typename userErrors { __typename code message path } } }`
        const { data, errors } = await app.as('admin').query(document, { input: place.with(id) })
        return JSON.stringify([data, errors]).replaceAll(id, '<id>')
      }
      await Promise.all(
        Object.values(foreign).map(async (id) => {
          const [there, absent] = [await run(id), await run(nobody(id))]
          if (there !== absent || !there.includes('NOT_FOUND'))
            wrong.push(`${place.name} with ${id}: ${there} but ${absent}`)
        }),
      )
    }
    expect(wrong).toEqual([])
    expect(await rowCounts(app.database.ownerPool)).toEqual(before)
    expect(await fingerprint()).toBe(globex)
  })

  it('appear in no subscription, even with a cursor from the log of the other workspace', async () => {
    const fields = Object.values(app.schema.getSubscriptionType()?.getFields() ?? {})
    expect(fields.length).toBeGreaterThan(6)
    const cursor = at(
      await app.as('admin', 'globex').must('{ changes(first: 1) { nodes { cursor } } }'),
      'changes.nodes.0.cursor',
    )
    const streams = await Promise.all(
      fields.map(({ name }) =>
        openStream(app, app.as('admin'), `subscription ($after: String) { ${name}(after: $after) { recordId } }`, {
          after: cursor,
        }),
      ),
    )
    await addAccount(app.as('admin', 'globex'), { name: 'Theirs' })
    const mine = await addAccount(app.as('admin'), { name: 'Mine' })
    await logSettled(app)
    for (const [index, stream] of streams.entries()) {
      const name = fields[index]?.name ?? ''
      const isMine = name === 'changes' || name === 'accountChanged'
      const events = await stream.following(isMine ? 1 : 0, 300)
      const seen = events.map((event) => textAt(event, `data.${name}.recordId`))
      const { nodes } = Object(
        await app.as('admin').must('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: seen }),
      )
      expect([name, nodes]).toEqual([name, seen.map((id) => ({ id }))])
      if (isMine) expect(seen).toContain(mine.id)
      stream.close()
    }
  })
})

/** Row-level security is the second protection after the permission checks. */
describe('the database role of the server', () => {
  it('can read no row of any table before a transaction sets the workspace', async () => {
    const client = await app.database.app.connect()
    try {
      const { rows } = await client.query<{ name: string }>(
        `select c.relname as name from pg_class c where c.relkind in ('r', 'v') and c.relnamespace = 'public'::regnamespace and has_table_privilege('rapport_app', c.oid, 'select')`,
      )
      expect(rows.length).toBeGreaterThan(25)
      for (const { name } of rows)
        expect([name, (await client.query(`select from "${name}"`)).rowCount]).toEqual([name, 0])
    } finally {
      client.release()
    }
  })

  it('cannot insert an account of another workspace', async () => {
    const client = await app.database.app.connect()
    try {
      await client.query('begin')
      await client.query(`select set_config('app.workspace_id', $1, true)`, [app.as('admin').actor.workspaceId])
      const values = [app.as('admin', 'globex').actor.workspaceId, app.as('admin').actor.id]
      await expect(
        client.query(
          `insert into accounts (workspace_id, id, name, created_by_id, updated_by_id) values ($1, gen_random_uuid(), 'x', $2, $2)`,
          values,
        ),
      ).rejects.toThrow(/row-level security/)
    } finally {
      await client.query('rollback')
      client.release()
    }
  })
})

/** A hash of all rows of the workspace `globex`. */
async function fingerprint(): Promise<string> {
  const { ownerPool } = app.database
  const tables = await ownerPool.query<{ name: string }>(
    `select table_name as name from information_schema.columns where column_name = 'workspace_id' and table_schema = 'public' and table_name in (select tablename from pg_tables) order by 1`,
  )
  const hashes = tables.rows.map(
    ({ name }) =>
      `(select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from "${name}" t where workspace_id = $1)`,
  )
  const { rows } = await ownerPool.query<{ hash: string }>(`select ${hashes.join(` || `)} as hash`, [
    app.as('admin', 'globex').actor.workspaceId,
  ])
  return rows[0]?.hash ?? ''
}
