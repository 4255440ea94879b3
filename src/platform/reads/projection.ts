import { type GraphQLOutputType, isAbstractType, isLeafType, isListType, isNonNullType, isObjectType } from 'graphql'
import { sql } from '../data/sql.ts'
import type { Transaction } from '../data/transaction.ts'
import { sumDecimals } from '../formats/decimal.ts'
import { isUuid } from '../formats/uuid.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { FieldGroup } from './collect.ts'
import { deferred } from './deferred.ts'
import { leafValue } from './leaf.ts'
import { type Reading, tuple } from './reading.ts'
import { recordsById } from './root.ts'
import { subfields } from './select.ts'

/**
 * Converts a value, which the code of an operation or query has returned, to an answer: the fields that the client
 * selects of the value, by response key.
 * @throws ProjectionError when the value is not of the declared type.
 */
export type Projector = (value: unknown) => unknown

/** Thrown when code returned a value that is not of the declared GraphQL type. */
export class ProjectionError extends Error {
  override readonly name = 'ProjectionError'
}

/** The state while the values that one run of code returned are converted to the answer (see `Projector`). */
export interface Projection {
  readonly reading: Reading
  /**
   * Whether GraphQL's executor selects fields from the answer afterwards, as in mutations. User errors are then left
   * unchanged in the answer.
   */
  readonly isCompletedByExecutor: boolean
  /** Whether soft-deleted records are returned too. */
  readonly includeDeleted: boolean
  /** The selected fields whose values are records, by their place in the request: one for all records of a list. */
  readonly recordFields: Map<FieldGroup, RecordField>
}

/** A selected field whose values are records. `readProjected` reads these records, after all values are projected. */
interface RecordField {
  readonly group: FieldGroup
  /** uuids of the records to read, by object. */
  readonly uuids: Map<ObjectType, Set<string>>
  /** The records that were read, by object and uuid. */
  readonly records: Map<ObjectType, ReadonlyMap<string, unknown>>
}

/** Starts a projection. */
export function startProjection(
  reading: Reading,
  options: Pick<Projection, 'isCompletedByExecutor' | 'includeDeleted'>,
): Projection {
  return { ...options, reading, recordFields: new Map() }
}

/**
 * Returns the projector for values of a type: it returns the fields that a group selects of a value. In place of
 * records the answer has placeholders (see `deferred`), whose values are known after `readProjected`.
 * @param location Where the value is, for error messages, such as `Query.openCases`.
 */
export function projectorOf(
  projection: Projection,
  type: GraphQLOutputType,
  group: FieldGroup,
  location: string,
): Projector {
  if (isNonNullType(type)) {
    if (isListType(type.ofType)) {
      const list = projectorOf(projection, type.ofType, group, location)
      // Code may leave out a list that is empty.
      return (value) => list(value ?? [])
    }
    const inner = projectorOf(projection, type.ofType, group, location)
    return (value) => {
      if (isNullish(value)) throw new ProjectionError(`${location} is null, but its type is non-null.`)
      return inner(value)
    }
  }
  if (isListType(type)) return listProjector(projection, type.ofType, group, location)
  if (isLeafType(type))
    return (value) => (isNullish(value) ? null : withLocation(location, () => leafValue(type, value)))
  const record = recordProjector(projection, type.name, group, location)
  if (record) return (value) => (isNullish(value) ? null : deferred(record(value)))
  if (isObjectType(type)) return objectProjector(projection, type.name, group, location)
  return projection.isCompletedByExecutor
    ? (value) => value ?? null
    : userErrorProjector(projection, type.name, group, location)
}

function isNullish(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

/** Returns the projector for a list. A list of non-null records leaves out records that the caller may not see. */
function listProjector(
  projection: Projection,
  type: GraphQLOutputType,
  group: FieldGroup,
  location: string,
): Projector {
  const named = isNonNullType(type) ? type.ofType : type
  const record =
    isNonNullType(type) && 'name' in named ? recordProjector(projection, String(named.name), group, location) : null
  const element = record ?? projectorOf(projection, type, group, location)
  return (value) => {
    if (isNullish(value)) return null
    if (!Array.isArray(value)) throw new ProjectionError(`${location} is not a list.`)
    if (!record) return value.map(element)
    const settlers = value.map((reference: unknown) => record(reference))
    return deferred(() => settlers.map((settle) => settle()).filter((answer) => answer !== null))
  }
}

/** Runs the function, and turns what it throws into a ProjectionError that names the location. */
function withLocation<Result>(location: string, run: () => Result): Result {
  try {
    return run()
  } catch (error) {
    throw new ProjectionError(`${location}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Returns the projector for an object whose fields are in the value that the code returned. */
function objectProjector(projection: Projection, typeName: string, group: FieldGroup, location: string): Projector {
  const { reading } = projection
  const type = reading.schema.getType(typeName)
  if (!isObjectType(type)) throw new ProjectionError(`${location}: ${typeName} is not an object type.`)
  const entries = [...subfields(reading, typeName, group)].map(([key, fields]) => {
    const name = fields[0].name.value
    const field = type.getFields()[name]
    // `__typename` is the only selected field that the type does not contain.
    const project = field ? projectorOf(projection, field.type, fields, `${typeName}.${name}`) : () => typeName
    const isAmount = typeName === 'Money' && name === 'amount'
    return { key, name, project: isAmount ? (amount: unknown) => amountOf(project(amount), location) : project }
  })
  return (value) => {
    if (isNullish(value)) return null
    if (typeof value !== 'object') throw new ProjectionError(`${location} is not an object.`)
    return Object.fromEntries(entries.map(({ key, name, project }) => [key, project(Reflect.get(value, name))]))
  }
}

/** Returns an amount of money that code returned in the form of the API, which has at least two decimal places. */
function amountOf(amount: unknown, location: string): string {
  const text = String(amount)
  if (!/^-?\d+(\.\d+)?$/.test(text))
    throw new ProjectionError(`${location} has the amount ${JSON.stringify(text)}, which is not a decimal number.`)
  return sumDecimals([text])
}

/** Returns the projector for a user error: an object whose property `typename` is the name of its GraphQL type. */
function userErrorProjector(projection: Projection, abstract: string, group: FieldGroup, location: string): Projector {
  const projectors = new Map<string, Projector>()
  return (value) => {
    if (isNullish(value)) return null
    const name: unknown = typeof value === 'object' ? Reflect.get(value, 'typename') : undefined
    const { schema } = projection.reading
    const [abstractType, type] = [schema.getType(abstract), schema.getType(String(name))]
    if (!isAbstractType(abstractType) || !isObjectType(type) || !schema.isSubType(abstractType, type))
      throw new ProjectionError(`${location} is of the type ${String(name)}, which does not implement ${abstract}.`)
    const projector = projectors.get(type.name) ?? objectProjector(projection, type.name, group, location)
    projectors.set(type.name, projector)
    return projector(value)
  }
}

/**
 * For a type whose values are records (an object, an interface of objects, `Node`), returns a function that accepts a
 * reference to a record: the uuid, or `{ type, id }` for an interface. This function adds the record to the records
 * that `readProjected` will read, and returns a second function. After `readProjected` has run, the second function
 * returns the record, or null when the record is not visible to the caller. For any other type, `recordProjector`
 * returns null.
 */
function recordProjector(
  projection: Projection,
  typeName: string,
  group: FieldGroup,
  location: string,
): ((value: unknown) => () => unknown) | null {
  const { registry } = projection.reading
  const concrete = registry.objects.get(typeName)
  const isAbstract = typeName === 'Node' || registry.interfaces.has(typeName)
  if (!isAbstract && !concrete?.isNode) return null
  const field = projection.recordFields.get(group) ?? { group, uuids: new Map(), records: new Map() }
  projection.recordFields.set(group, field)
  return (value) => {
    const { object, uuid } = concrete ? { object: concrete, uuid: value } : referenceOf(projection, value, location)
    if (typeof uuid !== 'string' || !isUuid(uuid))
      throw new ProjectionError(`${location} is not the uuid of a record: ${JSON.stringify(uuid)}.`)
    field.uuids.set(object, (field.uuids.get(object) ?? new Set()).add(uuid))
    return () => field.records.get(object)?.get(uuid) ?? null
  }
}

/** Returns the object and uuid of a reference `{ type, id }`. */
function referenceOf({ reading }: Projection, value: unknown, location: string): { object: ObjectType; uuid: unknown } {
  if (value === null || typeof value !== 'object') throw new ProjectionError(`${location} is not a { type, id }.`)
  const type: unknown = Reflect.get(value, 'type')
  const object = reading.registry.objects.get(String(type))
  if (!object) throw new ProjectionError(`${location} is of the type ${String(type)}, which is not an object.`)
  return { object, uuid: Reflect.get(value, 'id') }
}

/**
 * Reads all records to which projected values refer, with one statement. Afterwards the placeholders can be replaced
 * by the records (`settleWithin`).
 */
export async function readProjected(projection: Projection, transaction: Transaction): Promise<void> {
  const { reading, includeDeleted } = projection
  const subqueries = [...projection.recordFields.values()].flatMap((field) =>
    [...field.uuids].map(([object, uuids]) => ({
      field,
      object,
      compiled: recordsById(reading, object, [...uuids], field.group, includeDeleted),
    })),
  )
  if (subqueries.length === 0) return
  const list = tuple(subqueries.map(({ compiled }) => compiled.sql))
  const [row] = await transaction.query<{ answer: string }>(sql`select ${list.sql} as answer`)
  const values = list.elements(JSON.parse(row?.answer ?? '[]'))
  for (const [index, { field, object, compiled }] of subqueries.entries())
    field.records.set(object, compiled.shape(values[index] ?? null))
}
