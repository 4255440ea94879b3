import fc from 'fast-check'
import { type Args, type Conditions, someOf } from './conditions.ts'
import type { QueriedModel, QueriedRelation } from './queried-models.ts'

/** Generates the parts of Prisma's arguments other than conditions. */
export interface Selections {
  /** `orderBy` without ties. */
  order(model: string): fc.Arbitrary<readonly Args[]>
  /** `select` or `include` with relations to the given depth; empty for all columns. */
  selected(model: string, depth: number): fc.Arbitrary<Args>
  /** `take` and `skip`, or neither. */
  page: fc.Arbitrary<Args>
  /** `distinct` of one or two columns, or none. */
  distinct(model: string): fc.Arbitrary<Args>
}

const direction = fc.constantFrom('asc', 'desc')

const page = fc.oneof(
  { arbitrary: fc.constant({}), weight: 3 },
  { arbitrary: fc.integer({ min: 1, max: 8 }).map((take) => ({ take })), weight: 2 },
  { arbitrary: fc.integer({ min: 1, max: 5 }).map((take) => ({ take: -take })), weight: 1 },
  { arbitrary: fc.nat(4).map((skip) => ({ skip })), weight: 1 },
  { arbitrary: fc.tuple(fc.integer({ min: 1, max: 8 }), fc.nat(4)).map(([take, skip]) => ({ take, skip })), weight: 2 },
)

export function selectionsOf(models: ReadonlyMap<string, QueriedModel>, conditions: Conditions): Selections {
  const modelNamed = (name: string): QueriedModel => {
    const model = models.get(name)
    if (!model) throw new Error(`There is no model ${name}.`)
    return model
  }
  const cached = new Map<string, fc.Arbitrary<Args>>()
  const selections: Selections = {
    page,
    order: (name) => {
      const { key } = modelNamed(name)
      return fc
        .array(fc.oneof(...orderTerms(modelNamed(name), modelNamed)), { maxLength: 2 })
        .map((terms) => [...terms, ...key.map((column) => ({ [column]: 'asc' }))])
    },
    distinct: (name) => {
      const names = sortable(modelNamed(name)).map((column) => column.name)
      return fc.oneof(
        { arbitrary: fc.constant({}), weight: 7 },
        { arbitrary: someOf(names, 2).map((distinct) => ({ distinct })), weight: 1 },
      )
    },
    selected(name, depth) {
      const key = `${name} ${depth}`
      const known = cached.get(key)
      if (known) return known
      const created = selectionOf(modelNamed(name), depth, selections, conditions)
      cached.set(key, created)
      return created
    },
  }
  return selections
}

/** Columns by whose values rows can be sorted and grouped. */
export function sortable({ columns }: QueriedModel): QueriedModel['columns'] {
  return columns.filter(({ isList, type }) => !isList && type !== 'json')
}

function orderTerms(model: QueriedModel, modelNamed: (name: string) => QueriedModel): fc.Arbitrary<Args>[] {
  const columnTerm = (of: QueriedModel) =>
    fc.constantFrom(...sortable(of)).chain(({ name, isRequired }) => {
      const withNulls = fc.record({ sort: direction, nulls: fc.constantFrom('first', 'last') })
      return (isRequired ? direction : fc.oneof(direction, withNulls)).map((sort): Args => ({ [name]: sort }))
    })
  const related = model.relations.map(({ name, target, isList }) =>
    isList
      ? direction.map((sort): Args => ({ [name]: { _count: sort } }))
      : columnTerm(modelNamed(target)).map((term): Args => ({ [name]: term })),
  )
  return [columnTerm(model), ...(related.length > 0 ? [fc.oneof(...related)] : [])]
}

function selectionOf(
  model: QueriedModel,
  depth: number,
  selections: Selections,
  conditions: Conditions,
): fc.Arbitrary<Args> {
  const columns = someOf(
    model.columns.map(({ name }) => name),
    6,
  )
  const plain = columns.map((names) => ({ select: asSelected(names) }))
  if (depth === 0 || model.relations.length === 0)
    return fc.oneof({ arbitrary: fc.constant({}), weight: 2 }, { arbitrary: plain, weight: 1 })
  const lists = model.relations.filter(({ isList }) => isList)
  const related = someOf(model.relations, depth).chain((relations) =>
    fc.record(
      Object.fromEntries(
        relations.map((relation) => [relation.name, withRelation(relation, depth, selections, conditions)]),
      ),
    ),
  )
  const noCounts = fc.constant<Args>({})
  const withCounts =
    lists.length === 0
      ? noCounts
      : fc.oneof({ arbitrary: noCounts, weight: 3 }, { arbitrary: countsOf(lists, conditions), weight: 1 })
  return fc.oneof(
    { arbitrary: fc.constant({}), weight: 2 },
    { arbitrary: plain, weight: 2 },
    { arbitrary: fc.tuple(related, withCounts).map(([one, other]) => ({ include: { ...one, ...other } })), weight: 3 },
    {
      arbitrary: fc
        .tuple(columns, related, withCounts)
        .map(([names, one, other]) => ({ select: { ...asSelected(names), ...one, ...other } })),
      weight: 2,
    },
  )
}

function withRelation(
  { target, isList }: QueriedRelation,
  depth: number,
  selections: Selections,
  conditions: Conditions,
): fc.Arbitrary<unknown> {
  const selected = selections.selected(target, depth - 1)
  if (!isList) return fc.oneof(fc.constant(true), selected)
  return fc
    .tuple(
      selected,
      fc.option(conditions(target, depth - 1), { nil: undefined, freq: 2 }),
      selections.order(target),
      selections.page,
    )
    .map(([selection, where, orderBy, pages]) => ({
      ...selection,
      ...(where ? { where } : {}),
      orderBy,
      ...pages,
    }))
}

/** `_count` of the rows of relations, all of them or those that meet a condition. */
function countsOf(lists: readonly QueriedRelation[], conditions: Conditions): fc.Arbitrary<Args> {
  return someOf(lists, 2)
    .chain((relations) =>
      fc.record(
        Object.fromEntries(
          relations.map(({ name, target }) => [
            name,
            fc.oneof(
              fc.constant(true),
              conditions(target, 0).map((where) => ({ where })),
            ),
          ]),
        ),
      ),
    )
    .map((select) => ({ _count: { select } }))
}

function asSelected(names: readonly string[]): Args {
  return Object.fromEntries(names.map((name) => [name, true]))
}
