import { type GraphQLOutputType, isAbstractType, isLeafType, isListType, isNonNullType, isObjectType } from 'graphql'
import { sql } from '../data/sql.ts'
import type { Transaction } from '../data/transaction.ts'
import { isUuid } from '../formats/uuid.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { FieldGroup } from './collect.ts'
import { deferred } from './deferred.ts'
import { leafValue } from './leaf.ts'
import { type Reading, tuple } from './reading.ts'
import { recordsById } from './root.ts'
import { subfields } from './select.ts'

/** From what code answers to what the client selects of it, by response key. Throws ProjectionError. */
export type Projector = (value: unknown) => unknown

/** Code has answered something else than it declares. */
export class ProjectionError extends Error {
  override readonly name = 'ProjectionError'
}

/** One answer of code that is being projected. */
export interface Projection {
  readonly reading: Reading
  /** Whether GraphQL's own executor walks the answer: it then projects user errors by itself. */
  readonly isWalked: boolean
  /** Whether records that were put away are shown. */
  readonly includeDeleted: boolean
  /** Records that were met: for each place of the selection, by object. */
  readonly places: Place[]
}

interface Place {
  readonly group: FieldGroup
  readonly wanted: Map<ObjectType, Set<string>>
  readonly found: Map<ObjectType, ReadonlyMap<string, unknown>>
}

export function startProjection(
  reading: Reading,
  options: Pick<Projection, 'isWalked' | 'includeDeleted'>,
): Projection {
  return { ...options, reading, places: [] }
}

/** Compiles what a group selects of a value of the type. `place` is where it is, for messages. */
export function projectorOf(
  projection: Projection,
  type: GraphQLOutputType,
  group: FieldGroup,
  place: string,
): Projector {
  if (isNonNullType(type)) {
    if (isListType(type.ofType)) {
      const list = projectorOf(projection, type.ofType, group, place)
      return (value) => list(value ?? [])
    }
    const inner = projectorOf(projection, type.ofType, group, place)
    return (value) => {
      if (isMissing(value)) throw new ProjectionError(`${place} has no value, and always has to have one.`)
      return inner(value)
    }
  }
  if (isListType(type)) return listProjector(projection, type.ofType, group, place)
  if (isLeafType(type)) return (value) => (isMissing(value) ? null : explained(place, () => leafValue(type, value)))
  const record = recordProjector(projection, type.name, group, place)
  if (record) return (value) => (isMissing(value) ? null : deferred(record(value)))
  if (isObjectType(type)) return objectProjector(projection, type.name, group, place)
  return projection.isWalked ? (value) => value ?? null : typedProjector(projection, type.name, group, place)
}

function isMissing(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

/** A list. Of records it leaves out those that are hidden from the caller. */
function listProjector(projection: Projection, type: GraphQLOutputType, group: FieldGroup, place: string): Projector {
  const named = isNonNullType(type) ? type.ofType : type
  const record =
    isNonNullType(type) && 'name' in named ? recordProjector(projection, String(named.name), group, place) : null
  const element = record ?? projectorOf(projection, type, group, place)
  return (value) => {
    if (isMissing(value)) return null
    if (!Array.isArray(value)) throw new ProjectionError(`${place} is no list.`)
    if (!record) return value.map(element)
    const settlers = value.map((each: unknown) => record(each))
    return deferred(() => settlers.map((settle) => settle()).filter((answer) => answer !== null))
  }
}

function explained<Result>(place: string, run: () => Result): Result {
  try {
    return run()
  } catch (error) {
    throw new ProjectionError(`${place}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** An object that the code itself makes. */
function objectProjector(projection: Projection, typeName: string, group: FieldGroup, place: string): Projector {
  const { reading } = projection
  const type = reading.schema.getType(typeName)
  if (!isObjectType(type)) throw new ProjectionError(`${place}: ${typeName} is no object type.`)
  const parts = [...subfields(reading, typeName, group)].map(([key, fields]) => {
    const name = fields[0].name.value
    const field = type.getFields()[name]
    const project = field ? projectorOf(projection, field.type, fields, `${typeName}.${name}`) : () => typeName
    return { key, name, project }
  })
  return (value) => {
    if (isMissing(value)) return null
    if (typeof value !== 'object') throw new ProjectionError(`${place} is no object.`)
    return Object.fromEntries(parts.map(({ key, name, project }) => [key, project(Reflect.get(value, name))]))
  }
}

/** An object of a type that its own `typename` tells: a user error. */
function typedProjector(projection: Projection, abstract: string, group: FieldGroup, place: string): Projector {
  const projectors = new Map<string, Projector>()
  return (value) => {
    if (isMissing(value)) return null
    const name: unknown = typeof value === 'object' ? Reflect.get(value, 'typename') : undefined
    const { schema } = projection.reading
    const [abstractType, type] = [schema.getType(abstract), schema.getType(String(name))]
    if (!isAbstractType(abstractType) || !isObjectType(type) || !schema.isSubType(abstractType, type))
      throw new ProjectionError(`${place} is of the type ${String(name)}, which is no ${abstract}.`)
    const known = projectors.get(type.name) ?? objectProjector(projection, type.name, group, place)
    projectors.set(type.name, known)
    return known(value)
  }
}

/** For the type of a record: from its uuid, or its type and uuid, to what tells the record. Null for any other type. */
function recordProjector(
  projection: Projection,
  typeName: string,
  group: FieldGroup,
  at: string,
): ((value: unknown) => () => unknown) | null {
  const { registry } = projection.reading
  const only = registry.objects.get(typeName)
  const isAbstract = typeName === 'Node' || registry.interfaces.has(typeName)
  if (!isAbstract && !only?.isNode) return null
  const place: Place = { group, wanted: new Map(), found: new Map() }
  projection.places.push(place)
  return (value) => {
    const { object, uuid } = only ? { object: only, uuid: value } : referenceOf(projection, value, at)
    if (typeof uuid !== 'string' || !isUuid(uuid))
      throw new ProjectionError(`${at} is no uuid of a record: ${JSON.stringify(uuid)}.`)
    place.wanted.set(object, (place.wanted.get(object) ?? new Set()).add(uuid))
    return () => place.found.get(object)?.get(uuid) ?? null
  }
}

function referenceOf({ reading }: Projection, value: unknown, at: string): { object: ObjectType; uuid: unknown } {
  if (value === null || typeof value !== 'object') throw new ProjectionError(`${at} is no { type, id }.`)
  const type: unknown = Reflect.get(value, 'type')
  const object = reading.registry.objects.get(String(type))
  if (!object) throw new ProjectionError(`${at} is of the type ${String(type)}, which is no object.`)
  return { object, uuid: Reflect.get(value, 'id') }
}

/** Reads all records that were met in one statement. From here on the deferred values can be told. */
export async function readProjected(projection: Projection, transaction: Transaction): Promise<void> {
  const { reading, includeDeleted } = projection
  const parts = projection.places.flatMap((place) =>
    [...place.wanted].map(([object, uuids]) => ({
      place,
      object,
      compiled: recordsById(reading, object, [...uuids], place.group, includeDeleted),
    })),
  )
  if (parts.length === 0) return
  const list = tuple(parts.map(({ compiled }) => compiled.sql))
  const [row] = await transaction.query<{ answer: string }>(sql`select ${list.sql} as answer`)
  const values = list.elements(JSON.parse(row?.answer ?? '[]'))
  for (const [index, { place, object, compiled }] of parts.entries())
    place.found.set(object, compiled.shape(values[index] ?? null))
}
