import fc from 'fast-check'
import { FILTER_OPERATORS, type FilterOperator } from '../../src/platform/reads/filter/operators.ts'
import type { Filter } from './filter-oracle.ts'
import { AMOUNTS, CITIES, COUNTS, FIRST_NAMES, INDUSTRIES, LAST_NAMES, NAMES, STREETS, TYPES } from './organisations.ts'

/** Generates a condition with each operator of these kinds of columns, except `not`. */
function comparisons(value: fc.Arbitrary<unknown>, kinds: readonly FilterOperator['on'][]): fc.Arbitrary<Filter>[] {
  const operands = { value, values: fc.array(value, { maxLength: 3 }), boolean: fc.boolean() }
  return Object.entries(FILTER_OPERATORS).flatMap(([name, { on, operand }]) =>
    operand !== 'conditions' && kinds.includes(on) ? [operands[operand].map((given) => ({ [name]: given }))] : [],
  )
}

const text = (values: readonly string[]) => {
  const value = fc.constantFrom(...values)
  const one = fc.oneof(fc.record({ equals: fc.option(value) }), ...comparisons(value, ['single', 'ordered', 'text']))
  const withMode = fc
    .tuple(one, fc.constantFrom({}, { mode: 'INSENSITIVE' }, { mode: 'DEFAULT' }))
    .map(([condition, mode]) => ({ ...condition, ...mode }))
  const two = fc.tuple(withMode, one).map(([first, second]) => ({ ...first, ...second }))
  return fc.oneof(
    withMode,
    two,
    two.map((condition) => ({ not: condition })),
    two.map((condition) => ({ not: { not: condition } })),
  )
}

const ordered = (values: readonly unknown[]) => {
  const value = fc.constantFrom(...values)
  const one = fc.oneof(...comparisons(value, ['single', 'ordered']))
  return fc.oneof(
    one,
    fc.tuple(one, one).map(([first, second]) => ({ ...first, ...second })),
    one.map((condition) => ({ not: condition })),
  )
}

const person = fc.oneof(
  text(LAST_NAMES).map((lastName) => ({ lastName })),
  text(FIRST_NAMES).map((firstName) => ({ firstName })),
  text(FIRST_NAMES).map((firstName) => ({ NOT: [{ firstName }] })),
  fc.constant({}),
)

const place = fc.oneof(
  text(CITIES).map((city) => ({ city })),
  fc.tuple(text(CITIES), text(STREETS)).map(([city, street]) => ({ city, street })),
  fc.tuple(text(CITIES), text(STREETS)).map(([city, street]) => ({ OR: [{ city }, { NOT: [{ street }] }] })),
  fc.constant({}),
)

/** Generates filters of accounts: conditions with operands from the test data, combined and nested. */
export const { filter } = fc.letrec<{ filter: Filter; leaf: Filter; list: Filter[] }>((tie) => ({
  leaf: fc.oneof(
    text(NAMES).map((name) => ({ name })),
    text(INDUSTRIES).map((industry) => ({ industry })),
    ordered(COUNTS).map((employeeCount) => ({ employeeCount })),
    ordered(AMOUNTS).map((amount) => ({ annualRevenue: { amount } })),
    text(['EUR', 'USD']).map((currency) => ({ annualRevenue: { currency } })),
    fc.subarray([...TYPES]).map((types) => ({ type: { notIn: types } })),
    fc
      .tuple(fc.constantFrom('some', 'every', 'none'), person)
      .map(([operator, condition]) => ({ contacts: { [operator]: condition } })),
    fc
      .tuple(fc.constantFrom('some', 'every', 'none'), place)
      .map(([operator, condition]) => ({ addresses: { [operator]: condition } })),
  ),
  list: fc.array(tie('filter'), { maxLength: 3 }),
  filter: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    { arbitrary: tie('leaf'), weight: 3 },
    { arbitrary: fc.tuple(tie('leaf'), tie('leaf')).map(([one, other]) => ({ ...one, ...other })), weight: 1 },
    {
      arbitrary: fc
        .tuple(fc.constantFrom('AND', 'OR', 'NOT'), tie('list'))
        .map(([operator, list]) => ({ [operator]: list })),
      weight: 2,
    },
    {
      arbitrary: fc
        .tuple(fc.constantFrom('is', 'isNot'), fc.option(tie('filter')))
        .map(([operator, condition]) => ({ parent: { [operator]: condition } })),
      weight: 1,
    },
    { arbitrary: fc.boolean().map((isNull) => ({ parent: { isNull } })), weight: 1 },
    {
      arbitrary: fc
        .tuple(fc.constantFrom('some', 'every', 'none'), tie('filter'))
        .map(([operator, condition]) => ({ subsidiaries: { [operator]: condition } })),
      weight: 1,
    },
  ),
}))
