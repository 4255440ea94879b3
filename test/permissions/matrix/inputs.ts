import {
  type GraphQLInputField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { BY_SCALAR } from './samples.ts'
import { capital } from './schema.ts'

/** What the generator has learned about a mutation: which values it accepts. It is kept for all records of the type. */
export interface Learned {
  /** By path: the index of the candidate that is accepted. */
  readonly attempts: Map<string, number>
  /** Paths of fields that are left out. */
  readonly dropped: Set<string>
  /** Of several ids that exclude each other: whether to leave out the first, not the last. */
  readonly dropsFirst: boolean
}

export interface Making {
  readonly schema: GraphQLSchema
  readonly learned: Learned
  /** Returns the id of a record for a field that refers to one; null where there is none yet. */
  readonly target: (type: string, field: string, choice: number) => string | null
  /** A number that no other value has. */
  readonly next: () => number
  /** A number that no other record has. All amounts of a record are made from it, so that they add up. */
  readonly seed: number
  /** Which field of a `@oneOf` input is set, or the last where there are fewer; 0 by default. */
  readonly choice?: number
}

/** One place of an input that has a value. */
export interface Place {
  readonly path: string
  readonly isRequired: boolean
  readonly isId: boolean
  readonly candidates: number
  readonly value: unknown
  /** The text by which the value is found in an answer (in lower case); null for a value that others may have too. */
  readonly canary: string | null
}

export interface Made {
  readonly input: Readonly<Record<string, unknown>>
  readonly places: readonly Place[]
}

const TARGET_CHOICES = 3

/** Creates an input with a value for every field that is not dropped. `record` is the type of the record it creates. */
export function makeInput(making: Making, inputType: string, record: string, only?: string): Made {
  const places: Place[] = []
  const type = making.schema.getType(inputType)
  if (!isInputObjectType(type)) throw new Error(`${inputType} is no input type.`)
  const fields = Object.values(type.getFields()).filter(({ name }) => only === undefined || name === only)
  const chosen = type.isOneOf ? oneOf(making, fields) : fields
  const input = Object.fromEntries(
    chosen.flatMap((field) => {
      const value = fieldValue(making, field, field.name, type.isOneOf ? capital(field.name) : record, places)
      return value === undefined ? [] : [[field.name, value]]
    }),
  )
  return { input, places }
}

function fieldValue(making: Making, field: GraphQLInputField, path: string, record: string, places: Place[]): unknown {
  if (making.learned.dropped.has(path)) return undefined
  const isRequired = isNonNullType(field.type)
  const nullable = getNullableType(field.type)
  const isList = isListType(nullable)
  const named = getNamedType(field.type)
  const at = isList ? `${path}.0` : path
  if (making.learned.dropped.has(at)) return undefined
  const value = isInputObjectType(named)
    ? objectValue(making, named.name, at, recordNamed(making, field.name) ?? record, places)
    : leafValue(making, field, named.name, at, isRequired, record, places)
  if (value === undefined) return isRequired && isList ? [] : undefined
  return isList ? [value] : value
}

function oneOf({ choice = 0 }: Making, fields: readonly GraphQLInputField[]): readonly GraphQLInputField[] {
  return fields.slice(Math.min(choice, fields.length - 1)).slice(0, 1)
}

/** Returns the record type that a field is named after, such as Account for `account`. */
function recordNamed({ schema }: Making, name: string): string | null {
  const type = schema.getType(capital(name))
  return isObjectType(type) && 'id' in type.getFields() ? type.name : null
}

function objectValue(making: Making, inputType: string, path: string, record: string, places: Place[]): unknown {
  const type = making.schema.getType(inputType)
  if (!isInputObjectType(type)) throw new Error(`${inputType} is no input type.`)
  const item = inputType.replace(/Input$/, '')
  const fields = Object.values(type.getFields())
  const before = places.length
  const entries = (type.isOneOf ? oneOf(making, fields) : fields).flatMap((field) => {
    const value = fieldValue(
      making,
      field,
      `${path}.${field.name}`,
      isObjectType(making.schema.getType(item)) ? item : record,
      places,
    )
    return value === undefined ? [] : [[field.name, value] as const]
  })
  const isWhole = fields.every((field) => !isNonNullType(field.type) || entries.some(([name]) => name === field.name))
  if (isWhole && entries.length > 0) return Object.fromEntries(entries)
  // What is left out has no values: a bundle needs a product for its first option, and the first product has none.
  places.splice(before)
  return undefined
}

/** Ids of what is not a record, by input field: no record is tried for them. */
const IDS_OF_NO_RECORD: Readonly<Record<string, string>> = { runId: '1' }

function leafValue(
  making: Making,
  field: GraphQLInputField,
  typeName: string,
  path: string,
  isRequired: boolean,
  record: string,
  places: Place[],
): unknown {
  const attempt = making.learned.attempts.get(path) ?? 0
  const type = making.schema.getType(typeName)
  if (typeName === 'ID') {
    if (Object.hasOwn(IDS_OF_NO_RECORD, field.name)) return IDS_OF_NO_RECORD[field.name]
    const target = targetType(making.schema, record, field.name)
    const value = target === null ? null : making.target(target, field.name, attempt)
    if (value === null) return undefined
    places.push({ path, isRequired, isId: true, candidates: TARGET_CHOICES, value, canary: null })
    return value
  }
  if (isEnumType(type)) {
    const values = type.getValues()
    places.push({
      path,
      isRequired,
      isId: false,
      candidates: values.length,
      value: values[attempt]?.name,
      canary: null,
    })
    return values[attempt]?.name
  }
  const candidates = BY_SCALAR[typeName]
  if (!candidates) throw new Error(`The generator knows no value of the scalar ${typeName}, at ${path}.`)
  const made = candidates[attempt]?.(typeName === 'Decimal' ? making.seed : making.next())
  if (!made) return undefined
  places.push({ path, isRequired, isId: false, candidates: candidates.length, ...made })
  return made.value
}

/** Returns the type of the record that an id field refers to, such as User for `ownerId` of Account; null for none. */
export function targetType(schema: GraphQLSchema, record: string, name: string): string | null {
  if (name === 'id') return record
  if (name === 'toContactId') return 'Contact'
  const stem = name.replace(/Ids?$/, '')
  const type = schema.getType(record)
  const found = isObjectType(type) || isInterfaceType(type) ? type.getFields()[stem] : undefined
  const named = found
    ? getNamedType(found.type).name
    : isObjectType(schema.getType(capital(stem)))
      ? capital(stem)
      : null
  // A relationship has two ends.
  if (named === 'Node' || named === 'Party') return name.startsWith('to') ? 'Contact' : 'Account'
  return named === 'Actor' ? 'User' : named
}

interface Refusal {
  readonly path: readonly string[] | null
  readonly message: string
}

/** Learns from a user error: to try another value, or no value. Throws when nothing is left to try. */
export function learn(learned: Learned, { places }: Made, { path, message }: Refusal): void {
  const text = (path ?? []).slice(1).join('.')
  const open = places.filter((place) => !learned.dropped.has(place.path))
  const under = open.filter(
    (place) => place.path === text || place.path.startsWith(`${text}.`) || text.startsWith(`${place.path}.`),
  )
  const among = text === '' || under.length === 0 ? open.filter(({ isId }) => isId) : under
  // A deeper field is more likely to conflict with the fields beside it.
  const all = among.filter(({ isId }) => isId).sort((one, other) => depthOf(one) - depthOf(other))
  const optional = all.filter(({ isRequired }) => !isRequired)
  const ids = optional.length > 0 ? optional : all
  const named = among.find((place) => place.path === text || among.length === 1)
  const others = open.filter(
    (place) => place.isId && !place.isRequired && depthOf(place) === (named ? depthOf(named) : 0),
  )
  // Of two fields that exclude each other the error names one. With `dropsFirst` the other one is left out.
  const instead =
    learned.dropsFirst && named?.isId && !named.isRequired ? others.find((place) => place !== named) : undefined
  const next = named ?? (learned.dropsFirst ? deepestFirst(ids) : ids.at(-1)) ?? among[0]
  if (!next) throw new Error(`Nothing is left to try at ${text}: ${message}`)
  const attempt = (learned.attempts.get(next.path) ?? 0) + 1
  // Another record first: a stage has to be one of the pipeline.
  if (attempt < next.candidates) learned.attempts.set(next.path, attempt)
  else if (instead) {
    learned.dropped.add(instead.path)
    learned.attempts.delete(next.path)
  } else if (!next.isRequired) learned.dropped.add(next.path)
  else if (next.path.includes('.')) learned.dropped.add(next.path.replace(/\.[^.]+$/, ''))
  else throw new Error(`No value is taken for ${next.path}: ${message}`)
}

function depthOf({ path }: Place): number {
  return path.split('.').length
}

function deepestFirst(ids: readonly Place[]): Place | undefined {
  const deepest = Math.max(...ids.map(depthOf))
  return ids.find((place) => depthOf(place) === deepest)
}
