import { isObjectType } from 'graphql'
import { at } from '../../../src/testing/answers.ts'
import { type Condition, conditionsOf, throughRelation } from './filters.ts'
import type { Fixture } from './fixture.ts'
import { groupProbes } from './groups.ts'
import type { MatrixRecord } from './matrix-record.ts'
import { type Asking, listsOf, split } from './records.ts'
import { extraPermission, inputFields, selected } from './schema.ts'

const BATCH = 100
/** A check constraint, and a trigger that keeps a decision as it is. */
const REFUSED: ReadonlySet<unknown> = new Set(['23514', '23001'])
/** Columns that are not changed: a deal has only one primary quote. */
const UNCHANGED: ReadonlySet<string> = new Set(['quotes.is_primary'])

/**
 * Requests everything that is counted, added up or decided over records, twice, with changed hidden records the second
 * time. The answers must be the same: hidden records affect no field, condition of a plugin, total or order.
 */
export async function addUpEverything(asking: Asking): Promise<void> {
  const { fixture, found } = asking
  const { hidden } = split(asking)
  const before = await answers(asking)
  await disturb(fixture, hidden, 'away')
  try {
    const after = await answers(asking)
    for (const [place, value] of before)
      if (after.get(place) !== value)
        found.push(`${place} counts what is hidden: ${value.slice(0, 300)} and then ${after.get(place)?.slice(0, 300)}`)
  } finally {
    await disturb(fixture, hidden, 'back')
  }
}

/** Returns the answers by what was requested. */
async function answers(asking: Asking): Promise<Map<string, string>> {
  const { fixture, token } = asking
  const { schema, asker } = fixture
  const told = new Map<string, string>()
  for (const shape of fixture.shapes) {
    const { seen } = split(asking, (record) => record.shape === shape)
    if (seen.length === 0) continue
    const fields = shape.fields
      .filter((field) => extraPermission(field) === null)
      .map((field) => selected(schema, field, 1))
      .join(' ')
    const { data, errors } = await asker.ask(
      token,
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${shape.type} { ${fields} } } }`,
      { ids: seen.map(({ id }) => id) },
    )
    for (const [index, { kind }] of seen.entries())
      for (const { name } of shape.fields)
        told.set(`${shape.type}.${name} of ${kind}`, JSON.stringify(at(data, `nodes.${index}.${name}`) ?? null))
    told.set(`errors of ${shape.type}`, JSON.stringify(errors))
  }
  const operators = new Set<string>()
  for (const [object, list] of listsOf(fixture)) {
    const conditions = [
      ...conditionsOf(schema, `${object}Filter`, operators),
      ...throughUnlisted(fixture, object, operators),
    ]
    for (let start = 0; start < conditions.length; start += BATCH) {
      const batch = conditions.slice(start, start + BATCH)
      const parts = batch.map(
        ({ text }, index) => `c${index}: ${list}(first: 200, filter: { ${text} }) { totalCount nodes { id } }`,
      )
      const { data, errors } = await asker.ask(token, `{ ${parts.join(' ')} }`)
      for (const [index, { text }] of batch.entries())
        told.set(
          `${list}(filter: { ${text} })`,
          JSON.stringify([at(data, `c${index}`), errors.filter(({ path }) => path?.[0] === `c${index}`)]),
        )
    }
  }
  for (const [object] of listsOf(fixture)) {
    const probes = groupProbes(schema, object, fixture.registry.objects.get(object)?.singular ?? '', 0)
    for (let start = 0; start < probes.length; start += BATCH) {
      const batch = probes.slice(start, start + BATCH)
      const { data } = await asker.ask(token, `{ ${batch.map(({ text }, index) => `g${index}: ${text}`).join(' ')} }`)
      for (const [index, { text }] of batch.entries()) told.set(text, JSON.stringify(at(data, `g${index}`)))
    }
  }
  return told
}

/** Conditions on objects that have no root list, through relations to them. */
function throughUnlisted({ schema, registry }: Fixture, object: string, operators: Set<string>): Condition[] {
  return [...registry.objects.values()].flatMap(({ name, plural }) => {
    const filter = `${name}Filter`
    if (plural !== null || operators.has(filter) || !schema.getType(filter)) return []
    if (throughRelation(schema, `${object}Filter`, name, [{ field: 'id', text: 'id: {}' }]).length === 0) return []
    const told = new Set(
      inputFields(schema.getType(filter)).flatMap((field) => {
        const type = schema.getType(name)
        const output = isObjectType(type) ? type.getFields()[field.name] : undefined
        return output && extraPermission(output) !== null ? [] : [field.name]
      }),
    )
    const found = throughRelation(
      schema,
      `${object}Filter`,
      name,
      conditionsOf(schema, filter, operators).filter(({ field }) => told.has(field)),
    )
    if (found.length > 0) operators.add(filter)
    return found
  })
}

/** Soft-deletes the hidden records and changes their booleans and decimals (`away`), or reverts all that (`back`). */
async function disturb(
  { app, registry }: Fixture,
  hidden: readonly MatrixRecord[],
  direction: 'away' | 'back',
): Promise<void> {
  const { ownerPool } = app.database
  for (const [name, { model }] of registry.objects) {
    const uuids = hidden.filter(({ shape }) => shape.object === name).map(({ uuid }) => uuid)
    // Users and the workspace stay, or no request would be possible.
    if (uuids.length === 0 || ['User', 'Workspace'].includes(name)) continue
    const changes = [...model.columns.values()].flatMap(({ name: field, column, type, isGenerated }) => {
      if (isGenerated || UNCHANGED.has(`${model.table}.${column}`)) return []
      if (field === 'deletedAt') return [`${column} = ${direction === 'away' ? 'now()' : 'null'}`]
      if (type === 'boolean') return [`${column} = not ${column}`]
      return type === 'decimal' ? [`${column} = ${column} ${direction === 'away' ? '*' : '/'} 2`] : []
    })
    if (changes.length === 0) continue
    await ownerPool
      .query(`update ${model.table} set ${changes.join(', ')} where id = any($1)`, [uuids])
      .catch((error: unknown) => {
        // Some columns are only allowed as they are: these records stay, in both directions.
        if (!REFUSED.has(at(error, 'code'))) throw error
      })
  }
}
