import fc from 'fast-check'
import type { QueriedColumn, QueriedModel, QueriedRelation } from './queried-models.ts'

/** Arguments of Prisma's functions. */
export type Args = Readonly<Record<string, unknown>>

/** Generates one to `max` different elements of a list. */
export function someOf<Element>(list: readonly Element[], max: number): fc.Arbitrary<Element[]> {
  return fc.subarray([...list], { minLength: 1, maxLength: Math.min(max, list.length) })
}

/** Generates `where` of a model, with relations to the given depth. */
export type Conditions = (model: string, depth: number) => fc.Arbitrary<Args>

/** Returns a generator of conditions on the models. */
export function conditionsOn(models: ReadonlyMap<string, QueriedModel>): Conditions {
  const cached = new Map<string, fc.Arbitrary<Args>>()
  const conditions: Conditions = (name, depth) => {
    const key = `${name} ${depth}`
    const known = cached.get(key)
    if (known) return known
    const created = whereOf(models.get(name), depth, conditions)
    cached.set(key, created)
    return created
  }
  return conditions
}

function whereOf(model: QueriedModel | undefined, depth: number, conditions: Conditions): fc.Arbitrary<Args> {
  if (!model) throw new Error('There is no such model.')
  const columns = model.columns
    .filter(({ values, isRequired }) => values.length > 0 || !isRequired)
    // Few models have lists, so these are chosen more often.
    .flatMap((column) => (column.isList ? [column, column, column] : [column]))
  const onColumn = fc
    .constantFrom(...columns)
    .chain((column) => onValue(column).map((condition) => ({ [column.name]: condition })))
  if (depth === 0) return onColumn
  const relations = model.relations.map((relation) => onRelation(relation, depth, conditions))
  const onRelations = relations.length > 0 ? [{ arbitrary: fc.oneof(...relations), weight: 4 }] : []
  const one = fc.oneof({ arbitrary: onColumn, weight: 5 }, ...onRelations)
  const several = fc.array(one, { minLength: 1, maxLength: 2 })
  return fc.oneof(
    { arbitrary: one, weight: 6 },
    { arbitrary: fc.tuple(one, one).map(([first, second]) => ({ ...first, ...second })), weight: 2 },
    {
      arbitrary: fc
        .tuple(fc.constantFrom('AND', 'OR', 'NOT'), several)
        .map(([operator, list]) => ({ [operator]: list })),
      weight: 3,
    },
    { arbitrary: fc.tuple(one, several).map(([first, list]) => ({ ...first, OR: list })), weight: 1 },
    { arbitrary: one.map((condition) => ({ NOT: condition })), weight: 1 },
  )
}

function onRelation(relation: QueriedRelation, depth: number, conditions: Conditions): fc.Arbitrary<Args> {
  const { name, target, isList, isRequired } = relation
  const related = fc.oneof(
    { arbitrary: conditions(target, depth - 1), weight: 4 },
    { arbitrary: fc.constant({}), weight: 1 },
  )
  const operator = (names: readonly string[], operand: fc.Arbitrary<unknown>) =>
    fc.tuple(fc.constantFrom(...names), operand).map(([key, value]) => ({ [name]: { [key]: value } }))
  if (isList) return operator(['some', 'none', 'every'], related)
  const is = operator(['is', 'isNot'], isRequired ? related : fc.option(related, { freq: 4 }))
  const short = (isRequired ? related : fc.option(related, { freq: 4 })).map((value) => ({ [name]: value }))
  return fc.oneof({ arbitrary: is, weight: 3 }, { arbitrary: short, weight: 1 })
}

/** Generates a condition on a column: a value, or one or two operators. */
export function onValue(column: QueriedColumn): fc.Arbitrary<unknown> {
  const { type, isRequired, isList, values } = column
  const value = fc.constantFrom(...values)
  const list = fc.array(value, { maxLength: 3 })
  const operator = (names: readonly string[], operand: fc.Arbitrary<unknown>) =>
    fc.tuple(fc.constantFrom(...names), operand).map(([name, given]): Args => ({ [name]: given }))
  if (isList)
    return values.length === 0
      ? fc.boolean().map((isEmpty) => ({ isEmpty }))
      : fc.oneof(
          operator(['has'], value),
          operator(['hasEvery', 'hasSome', 'equals'], list),
          operator(['isEmpty'], fc.boolean()),
        )
  if (type === 'json') return operator(['equals', 'not'], value)
  const empty = isRequired ? [] : [fc.constant(null), fc.constant({ not: null }), fc.constant({ equals: null })]
  if (values.length === 0) return fc.oneof(...empty, fc.constant({ not: null }))
  if (type === 'boolean') return fc.oneof(value, operator(['equals', 'not'], value), ...empty)
  const single = [value, operator(['equals', 'not'], value), operator(['in', 'notIn'], list), ...empty]
  if (type === 'enum' || type === 'bytes') return fc.oneof(...single)
  const ordered = operator(['lt', 'lte', 'gt', 'gte'], value)
  const between = fc.tuple(value, value).map(([gte, lte]) => ({ gte, lte }))
  const negated = fc.oneof(ordered, operator(['in'], list)).map((condition) => ({ not: condition }))
  const compared =
    column.comparable.length > 0 ? [operator(['equals', 'lt', 'gte'], fc.constantFrom(...column.comparable))] : []
  const texts = type === 'text' ? [textCondition(values), textCondition(values)] : []
  return fc.oneof(...single, ordered, between, negated, ...compared, ...texts)
}

function textCondition(values: readonly unknown[]): fc.Arbitrary<Args> {
  const part = fc
    .tuple(fc.constantFrom(...values), fc.integer({ min: 1, max: 3 }), fc.boolean())
    .map(([text, length, isEnd]) => (isEnd ? String(text).slice(-length) : String(text).slice(0, length)))
  return fc
    .tuple(fc.constantFrom('contains', 'startsWith', 'endsWith'), part, fc.boolean())
    .map(([name, text, isInsensitive]) => ({ [name]: text, ...(isInsensitive ? { mode: 'insensitive' } : {}) }))
}
