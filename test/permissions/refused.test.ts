import { getNamedType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at } from '../../src/testing/answers.ts'
import { createTestClock } from '../../src/testing/clock.ts'
import { idPlaces } from '../server/id-places.ts'
import { type Fixture, openFixture } from './matrix/fixture.ts'
import { makeInput, targetType } from './matrix/inputs.ts'
import { scoped } from './matrix/records.ts'
import { capital, inputFields } from './matrix/schema.ts'
import { recordMutations } from './matrix/writes.ts'

let fixture: Fixture
const clock = createTestClock(new Date())
beforeAll(async () => {
  fixture = await openFixture({ now: clock.now })
})
afterAll(() => fixture?.app.close())

/** One hash of the rows for each table except `audit_entries`, and the last value of each sequence. */
async function traces(): Promise<Readonly<Record<string, string>>> {
  const { ownerPool } = fixture.app.database
  const { rows: tables } = await ownerPool.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname in ('public', 'graphile_worker') and c.relname <> 'audit_entries' order by 1`,
  )
  const { rows: sequences } = await ownerPool.query<{ name: string; value: string }>(
    `select schemaname || '.' || sequencename as name, coalesce(last_value::text, '') as value from pg_sequences order by 1`,
  )
  const hashes = tables.map(
    ({ name }) =>
      `select '${name}' as name, coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as hash from ${name} t`,
  )
  const { rows } = await ownerPool.query<{ name: string; hash: string }>(hashes.join(' union all '))
  return Object.fromEntries([
    ...rows.map(({ name, hash }) => [name, hash]),
    ...sequences.map(({ name, value }) => [name, value]),
  ])
}

interface Entry {
  readonly operation: string
  readonly mutation: string | null
  readonly permission: string | null
  readonly changes: unknown
}

async function entries(): Promise<Map<string, Entry>> {
  const { rows } = await fixture.app.database.ownerPool.query<Entry & { id: string }>(
    'select id, operation::text as operation, mutation, permission, changes from audit_entries',
  )
  return new Map(rows.map(({ id, ...entry }) => [id, entry]))
}

/** The last result of `traces`; null when more than the audit may have changed since. */
let untouched: Readonly<Record<string, string>> | null = null

async function grant(permissions: readonly string[]): Promise<void> {
  untouched = null
  await fixture.grant(permissions)
}

/** Sends a mutation that must be refused. Returns the problems: not refused, other changes, or a wrong audit entry. */
async function refuse(name: string, inputType: string, input: unknown): Promise<string[]> {
  const { asker, boss } = fixture
  // Beyond a number of refusals in a minute the audit only counts them, so each one gets a minute of its own.
  clock.advance(60_000)
  const before = untouched ?? (await traces())
  const known = await entries()
  const answer = await asker.ask(
    boss.token ?? '',
    `mutation ($input: ${inputType}!) { ${name}(input: $input) { __typename } }`,
    { input },
  )
  const permission = at(answer.errors[0]?.extensions, 'permission')
  if (at(answer.errors[0]?.extensions, 'code') !== 'FORBIDDEN' || typeof permission !== 'string')
    return [`${name} is not refused: ${answer.text.slice(answer.text.indexOf('{'))}`]
  const [after, all] = [await traces(), await entries()]
  untouched = after
  const added = [...all].filter(([id]) => !known.has(id)).map(([, entry]) => entry)
  const wrong = Object.keys(after)
    .filter((place) => after[place] !== before[place])
    .map((place) => `${name} changes ${place}`)
  const [entry] = added
  if (
    added.length !== 1 ||
    entry?.operation !== 'REFUSED' ||
    entry.mutation !== name ||
    entry.permission !== permission
  )
    wrong.push(`${name} leaves ${JSON.stringify(added)} in the audit`)
  if (all.size !== known.size + added.length) wrong.push(`${name} takes entries out of the audit`)
  return wrong
}

/** Every mutation, with an input that is valid for the schema. */
function mutations() {
  const { schema, records } = fixture
  const learned = { attempts: new Map<string, number>(), dropped: new Set<string>(), dropsFirst: false }
  const target = (type: string) =>
    records.find((record) => record.shape.type === type && record.kind === 'own')?.id ?? records[0]?.id ?? null
  const objects = new Map(recordMutations(fixture).map(({ name, object }) => [name, object]))
  return Object.values(schema.getMutationType()?.getFields() ?? {}).map((field) => {
    const [input] = field.args
    if (!input || field.args.length > 1) throw new Error(`${field.name} takes something else than an input.`)
    const inputType = getNamedType(input.type).name
    const object = objects.get(field.name)
    const record = object === undefined ? capital(field.name.replace(/^[a-z]+/, '')) : capital(object)
    const made = makeInput({ schema, learned, target, next: () => 66_666, seed: 66_666 }, inputType, record)
    return { name: field.name, inputType, input: made.input, guard: field.extensions.guard }
  })
}

describe('a refused mutation adds one audit entry and changes nothing else', () => {
  it('for every mutation that needs a permission, when the caller has no permissions', {
    timeout: 120_000,
  }, async () => {
    await grant([])
    const all = mutations()
    // These act on the caller's own user and sessions, or check a permission for each write inside.
    const open = all.filter(({ guard }) => guard?.kind === 'guarded inside').map(({ name }) => name)
    expect(open).toEqual([
      'changePassword',
      'exportRecords',
      'importRecords',
      'revokeSession',
      'revokeSessions',
      'updateViewer',
    ])
    const wrong: string[] = []
    for (const { name, inputType, input } of all)
      if (!open.includes(name)) wrong.push(...(await refuse(name, inputType, input)))
    expect(wrong).toEqual([])
    expect(all.length).toBeGreaterThan(100)
  })

  it('when the caller’s permission does not cover the record, or a field of the input of an update', {
    timeout: 120_000,
  }, async () => {
    const wrong: string[] = []
    const inputs = new Map(mutations().map(({ name, input }) => [name, Object(input)]))
    for (const { name, inputType, object, action } of recordMutations(fixture)) {
      const record = fixture.records.find(({ shape, kind }) => shape.permission === object && kind === 'foreign')
      if (!record) throw new Error(`There is no ${object}.`)
      await grant([`${object}:read`, `${object}:${action}@shared`])
      // A business act may require more than the record.
      const required = name.startsWith('update') ? {} : inputs.get(name)
      wrong.push(...(await refuse(name, inputType, { ...required, id: record.id, version: 1 })))
      const field = inputFields(fixture.schema.getType(inputType)).find(
        (each) => each.name !== 'id' && each.name !== 'version' && String(each.type) === 'String',
      )
      if (!name.startsWith('update') || !field) continue
      await grant([`${object}:read`, `${object}.id:update`])
      wrong.push(...(await refuse(name, inputType, { id: record.id, version: 1, [field.name]: 'x' })))
    }
    expect(wrong).toEqual([])
  })
})

describe('a record that the caller may not read', () => {
  it('gives the same answer as a record that does not exist, in as many SQL statements, wherever a mutation takes its id', {
    timeout: 120_000,
  }, async () => {
    const { schema, records, app, asker, boss } = fixture
    const own = (type: string) =>
      records.find((record) => (record.shape.type === type || record.shape.object === type) && record.kind === 'own')
        ?.id
    const byMutation = new Map(recordMutations(fixture).map(({ name, object }) => [name, capital(object)]))
    const typeOf = (mutation: string, field: string) => {
      const made = capital(mutation.replace(/^(create|log|update|delete|restore)/, ''))
      const record = byMutation.get(mutation) ?? (schema.getType(made) ? made : made.replace(/s$/, ''))
      return field === 'id' ? record : (targetType(schema, record, field) ?? 'Account')
    }
    const places = idPlaces(schema, (mutation, field) => own(typeOf(mutation, field)) ?? own('Account') ?? '')
    await grant(scoped(fixture, 'own'))
    const wrong: string[] = []
    let tried = 0
    for (const place of places) {
      const field =
        place.name
          .split('.')
          .filter((part) => !/^\d+$/.test(part))
          .at(-1) ?? 'id'
      const type = typeOf(place.field, field.replace('input', 'id'))
      const hidden = records.find(
        (record) => (record.shape.type === type || record.shape.object === type) && record.kind === 'foreign',
      )?.id
      if (hidden === undefined) continue
      tried++
      const run = async (id: string) => {
        app.resetStatements()
        const document = `mutation ($input: ${place.inputType}) { ${place.field}(input: $input) { __typename userErrors { __typename code message path } } }`
        const answer = await asker.ask(boss.token ?? '', document, { input: place.with(id) })
        return {
          text: JSON.stringify([answer.data, answer.errors]).replaceAll(id, '<id>'),
          statements: app.statements.length,
        }
      }
      const missing = `${hidden.slice(0, hidden.lastIndexOf('_'))}_00000000000000000000000001`
      const [there, absent] = [await run(hidden), await run(missing)]
      if (there.text !== absent.text) wrong.push(`${place.name}: ${there.text} but ${absent.text}`)
      if (there.statements !== absent.statements)
        wrong.push(`${place.name}: ${there.statements} statements but ${absent.statements}`)
    }
    expect(wrong).toEqual([])
    expect(tried).toBeGreaterThan(100)
  })
})
