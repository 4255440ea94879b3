import fc from 'fast-check'
import type { PrismaCall } from '../compare.ts'
import { type Args, type Conditions, conditionsOn, onValue, someOf } from './conditions.ts'
import type { QueriedModel } from './queried-models.ts'
import { type Selections, selectionsOf, sortable } from './selections.ts'

/** Depths of relations in conditions, the most frequent first. */
const DEPTHS = [0, 1, 2, 3]
/** Depth of relations in selections. */
const SELECTED_DEPTH = 2

/** Generates calls of all functions of Prisma that read, on the models with these names. */
export function callsOn(
  models: ReadonlyMap<string, QueriedModel>,
  names: fc.Arbitrary<string>,
): fc.Arbitrary<PrismaCall> {
  const conditions = conditionsOn(models)
  const selections = selectionsOf(models, conditions)
  const cached = new Map<string, fc.Arbitrary<PrismaCall>>()
  return names.chain((name) => {
    const model = models.get(name)
    if (!model) throw new Error(`There is no model ${name}.`)
    const calls = cached.get(name) ?? callsOf(model, conditions, selections)
    cached.set(name, calls)
    return calls
  })
}

function callsOf(model: QueriedModel, conditions: Conditions, selections: Selections): fc.Arbitrary<PrismaCall> {
  const { name, uniques } = model
  const call = (functionName: string, args: fc.Arbitrary<Args>) =>
    args.map((given): PrismaCall => ({ model: name, name: functionName, args: given }))
  const where = fc.oneof(
    { arbitrary: fc.constant<Args>({}), weight: 7 },
    ...DEPTHS.map((depth, index) => ({
      arbitrary: conditions(name, depth).map((condition): Args => ({ where: condition })),
      weight: DEPTHS.length - index,
    })),
  )
  const order = selections.order(name).map((orderBy): Args => ({ orderBy }))
  const byKey = fc.constantFrom(...(uniques[0]?.values ?? []))
  const cursor = fc.oneof(
    { arbitrary: fc.constant({}), weight: 5 },
    { arbitrary: byKey.map((key) => ({ cursor: key })), weight: 1 },
  )
  // Prisma refuses to count from a cursor in an order by other columns than those of the key.
  const keyOrder = model.key.map((column) => ({ [column]: 'asc' }))
  const counted = fc.oneof(
    { arbitrary: order, weight: 5 },
    { arbitrary: byKey.map((key): Args => ({ cursor: key, orderBy: keyOrder })), weight: 1 },
  )
  const selected = selections.selected(name, SELECTED_DEPTH)
  const rows = merged(where, order, cursor, selections.page, selections.distinct(name), selected)
  const skip = fc.oneof({ arbitrary: fc.constant({}), weight: 3 }, { arbitrary: fc.constant({ skip: 1 }), weight: 1 })
  const first = merged(where, order, cursor, skip, selected)
  const unique = fc.tuple(
    fc.oneof(...uniques.filter(({ values }) => values.length > 0).map(({ values }) => fc.constantFrom(...values))),
    fc.oneof(
      { arbitrary: fc.constant({}), weight: 3 },
      { arbitrary: conditions(name, 1).map((one): Args => ({ AND: [one] })), weight: 1 },
    ),
    selected,
  )
  const one = unique.map(([key, condition, selection]) => ({ where: { ...key, ...condition }, ...selection }))
  const columns = ['_all', ...sortable(model).map((column) => column.name)]
  const ofColumns = someOf(columns, 3).map(
    (names): Args => ({ select: Object.fromEntries(names.map((column) => [column, true])) }),
  )
  const count = merged(where, counted, selections.page, fc.oneof(fc.constant({}), ofColumns))
  return fc.oneof(
    { arbitrary: call('findMany', rows), weight: 8 },
    { arbitrary: call('findFirst', first), weight: 2 },
    { arbitrary: call('findFirstOrThrow', first), weight: 1 },
    { arbitrary: call('findUnique', one), weight: 2 },
    { arbitrary: call('findUniqueOrThrow', one), weight: 1 },
    { arbitrary: call('count', count), weight: 2 },
    { arbitrary: call('aggregate', merged(where, counted, selections.page, aggregates(model))), weight: 2 },
    { arbitrary: call('groupBy', groups(model, where)), weight: 2 },
  )
}

/** Merges the arguments that several generators make. */
function merged(...parts: readonly fc.Arbitrary<Args>[]): fc.Arbitrary<Args> {
  return fc.tuple(...parts).map((all) => Object.assign({}, ...all))
}

const isNumber = ({ type }: { readonly type: string }) => type === 'int' || type === 'decimal'

/** `_count`, `_min`, `_max`, `_sum` and `_avg` of some columns. */
function aggregates(model: QueriedModel): fc.Arbitrary<Args> {
  const columns = sortable(model)
  // PostgreSQL has no least uuid or boolean, and before version 18 no least bytes.
  const ordered = columns.filter(({ type }) => !['uuid', 'boolean', 'enum', 'bytes'].includes(type))
  const numbers = columns.filter(isNumber)
  const of = (key: string, names: readonly string[]) =>
    someOf(names, 3).map((chosen): Args => ({ [key]: Object.fromEntries(chosen.map((name) => [name, true])) }))
  const parts = [
    of('_count', ['_all', ...columns.map(({ name }) => name)]),
    ...['_min', '_max'].flatMap((key) =>
      ordered.length > 0
        ? [
            of(
              key,
              ordered.map(({ name }) => name),
            ),
          ]
        : [],
    ),
    ...['_sum', '_avg'].flatMap((key) =>
      numbers.length > 0
        ? [
            of(
              key,
              numbers.map(({ name }) => name),
            ),
          ]
        : [],
    ),
  ]
  return someOf(parts, 3).chain((chosen) => merged(...chosen))
}

function groups(model: QueriedModel, where: fc.Arbitrary<Args>): fc.Arbitrary<Args> {
  const columns = sortable(model)
  const groupedBy = someOf(columns, 2)
  return groupedBy.chain((grouped) => {
    const by = grouped.map(({ name }) => name)
    const sort = fc.constantFrom('asc', 'desc')
    const byColumns = fc
      .tuple(...by.map((name) => sort.map((direction): Args => ({ [name]: direction }))))
      .map((terms): readonly Args[] => terms)
    const byCount = fc
      .tuple(fc.constantFrom(...columns), sort)
      .map(([{ name }, direction]): readonly Args[] => [{ _count: { [name]: direction } }])
    const orderBy = fc
      .tuple(fc.oneof(fc.constant([]), byCount), byColumns)
      .map(([first, second]): Args => ({ orderBy: [...first, ...second] }))
    const pages = fc.oneof(
      { arbitrary: fc.constant({}), weight: 3 },
      { arbitrary: fc.record({ take: fc.integer({ min: 1, max: 5 }), skip: fc.nat(2) }), weight: 1 },
    )
    return merged(fc.constant({ by }), where, orderBy, pages, having(model, grouped), aggregates(model))
  })
}

/** `having` on a grouped column or on an aggregate; often none. */
function having(model: QueriedModel, grouped: QueriedModel['columns']): fc.Arbitrary<Args> {
  const onGroup = grouped
    .filter(({ values }) => values.length > 0)
    .map((column) => onValue({ ...column, comparable: [] }).map((condition): Args => ({ [column.name]: condition })))
  const onCount = fc
    .tuple(fc.constantFrom(...sortable(model)), fc.constantFrom('gt', 'lte'), fc.nat(4))
    .map(([{ name }, operator, count]): Args => ({ [name]: { _count: { [operator]: count } } }))
  const numbers = model.columns.filter((column) => isNumber(column) && !column.isList)
  const onNumber = numbers.map(({ name }) =>
    fc
      .tuple(fc.constantFrom('_avg', '_sum', '_min', '_max'), fc.constantFrom('gt', 'lte'), fc.nat(100))
      .map(([key, operator, number]): Args => ({ [name]: { [key]: { [operator]: number } } })),
  )
  const conditions = [...onGroup, onCount, ...onNumber]
  return fc.oneof(
    { arbitrary: fc.constant({}), weight: 3 },
    { arbitrary: fc.oneof(...conditions).map((having): Args => ({ having })), weight: 2 },
  )
}
